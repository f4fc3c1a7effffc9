/* SPDX-License-Identifier: GPL-2.0 */
/* A tree in one form, whether a policy says it or the kernel has it. */
#ifndef OPTQCTL_IMAGE_H
#define OPTQCTL_IMAGE_H

#include "params.h"
#include "live_rules.h"

struct class_image {
	uint32_t id, parent;	/* parent 0: the link */
	char *path;
	uint64_t v[N_CLASS_PARAMS];
	uint64_t *police;	/* NULL: none */
	const char *qdisc;	/* kind of one that tc has put there, or NULL */
	uint64_t waiting;	/* packets */
};

struct rule_image {
	uint32_t class_id;
	const char *text;	/* NULL: who made it did not tell */
	char *own_text;		/* the same where it had to be cut, or NULL */
	const char *where;
	const struct conjuncts *any;	/* NULL: the kernel does not tell */
};

struct link_image {
	bool there;		/* false: nothing is, as before a first apply */
	uint64_t v[N_LINK_PARAMS];
	uint64_t *police;
	struct class_image *classes;	/* parents before children */
	const struct class_image **by_id;
	size_t n_classes;
	struct rule_image *rules;	/* in the order in which they are tried */
	size_t n_rules;
	uint64_t waiting;	/* packets */
	uint64_t memory;	/* bytes that these take */
};

/*
 * @ids: of the link's classes, in their order.  @direct: see link_values().  The image
 * is good as long as what it is made of.
 */
void image_of_link(const struct link *link, const uint32_t *ids, uint32_t direct,
		   struct link_image *image);
void image_of_live(const struct live_tree *tree, const struct live_rules *rules,
		   struct link_image *image);
void image_free(struct link_image *image);

static inline bool image_is_leaf(const struct class_image *class)
{
	return class->v[CLASS_LEAF];
}

/* NULL: there is none. */
const struct class_image *image_find(const struct link_image *image, uint32_t id);
/* "office/web"; "direct" of id 0. */
const char *image_path(const struct link_image *image, uint32_t id);

#endif
