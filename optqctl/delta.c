// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "ids.h"
#include "mem.h"

static struct param_change *push_param(struct param_changes *to,
				       const struct param *param)
{
	struct param_change *fc;

	to->list = mem_grow(to->list, &to->room, to->n + 1, sizeof(*to->list));
	fc = &to->list[to->n++];
	memset(fc, 0, sizeof(*fc));
	fc->param = param;
	return fc;
}

static char *text_in(const struct link_image *image, const struct param *f,
		     uint64_t value)
{
	uint32_t id = param_class(f, value);

	return param_text(f, value, id ? image_path(image, id) : NULL);
}

/* One side may be NULL: all that the other says of itself counts. */
static void compare_params(const struct delta *d, struct param_changes *to,
			   const struct param *params, size_t n,
			   const uint64_t *old, const uint64_t *new,
			   bool of_police)
{
	struct param_change *fc;
	uint64_t was, is;
	size_t i;

	for (i = 0; i < n; i++) {
		was = old ? old[i] : params[i].unset;
		is = new ? new[i] : params[i].unset;
		if (param_same(&params[i], was, is))
			continue;
		fc = push_param(to, &params[i]);
		fc->of_police = of_police;
		fc->had = old;
		fc->has = new;
		fc->old = was;
		fc->new = is;
		fc->old_text = text_in(&d->old, &params[i], was);
		fc->new_text = text_in(&d->new, &params[i], is);
	}
}

static void compare_police(const struct delta *d, struct param_changes *to,
			   const uint64_t *old, const uint64_t *new)
{
	if (old || new)
		compare_params(d, to, police_params, N_POLICE_PARAMS, old, new,
			       true);
}

static void add_qdisc(struct param_changes *to, const char *old, const char *new)
{
	struct param_change *fc = push_param(to, &qdisc_param);

	fc->had = true;
	fc->has = new;
	fc->old_text = mem_strndup(old, strlen(old));
	fc->new_text = mem_printf("%s", new ? new : qdisc_param.zero);
}

static void link_params_differ(struct delta *d)
{
	const uint64_t *old = d->old.there ? d->old.v : NULL;
	const uint64_t *new = d->new.there ? d->new.v : NULL;

	/* How many packets that is depends on the device: a policy cannot say it. */
	if (!old || !new || !old[LINK_DIRECT] || !new[LINK_DIRECT]) {
		d->old.v[LINK_DIRECT] = 0;
		d->new.v[LINK_DIRECT] = 0;
	}
	compare_params(d, &d->params, link_params, N_LINK_PARAMS, old, new, false);
	compare_police(d, &d->params, d->old.police, d->new.police);
}

static struct class_change *push_class(struct delta *d, enum delta_op op,
				       const struct class_image *old,
				       const struct class_image *new)
{
	struct class_change *cc;

	d->classes = mem_grow(d->classes, &d->classes_room, d->n_classes + 1,
			      sizeof(*d->classes));
	cc = &d->classes[d->n_classes++];
	memset(cc, 0, sizeof(*cc));
	cc->op = op;
	cc->old = old;
	cc->new = new;
	d->count[op]++;
	return cc;
}

/* Those that are moved anyhow, with a class above them, have not moved themselves. */
static bool has_moved(const struct class_image *old, const struct class_image *new)
{
	return old->parent != new->parent;
}

static void class_differs(struct delta *d, const struct class_image *old,
			  const struct class_image *new)
{
	struct param_changes params = { 0 };
	enum delta_op op = DELTA_CHANGE;
	bool foreign = false;

	compare_params(d, &params, class_params, N_CLASS_PARAMS, old->v, new->v,
		       false);
	compare_police(d, &params, old->police, new->police);
	if (old->qdisc && !image_is_leaf(new)) {
		add_qdisc(&params, old->qdisc, NULL);
	} else if (old->qdisc) {
		foreign = !params.n;
		add_qdisc(&params, old->qdisc, old->qdisc);
	}
	if (has_moved(old, new))
		op = DELTA_MOVE;
	else if (foreign)
		op = DELTA_FOREIGN;
	else if (!params.n)
		return;
	push_class(d, op, old, new)->params = params;
}

static void class_is_new(struct delta *d, const struct class_image *new)
{
	struct class_change *cc = push_class(d, DELTA_ADD, NULL, new);

	/* That it has classes below it can be seen. */
	compare_params(d, &cc->params, class_params + CLASS_LEAF + 1,
		       N_CLASS_PARAMS - CLASS_LEAF - 1, NULL,
		       new->v + CLASS_LEAF + 1, false);
	compare_police(d, &cc->params, NULL, new->police);
}

static void class_is_gone(struct delta *d, const struct class_image *old)
{
	struct class_change *cc = push_class(d, DELTA_REMOVE, old, NULL);

	compare_params(d, &cc->params, class_params + CLASS_LEAF + 1,
		       N_CLASS_PARAMS - CLASS_LEAF - 1, old->v + CLASS_LEAF + 1,
		       NULL, false);
	compare_police(d, &cc->params, old->police, NULL);
	if (old->qdisc)
		add_qdisc(&cc->params, old->qdisc, NULL);
}

static void compare_classes(struct delta *d)
{
	const struct class_image *old;
	size_t i;

	for (i = 0; i < d->new.n_classes; i++) {
		old = image_find(&d->old, d->new.classes[i].id);
		if (old)
			class_differs(d, old, &d->new.classes[i]);
		else
			class_is_new(d, &d->new.classes[i]);
	}
	for (i = 0; i < d->old.n_classes; i++)
		if (!image_find(&d->new, d->old.classes[i].id))
			class_is_gone(d, &d->old.classes[i]);
}

void delta_make(struct delta *d, struct link_image *old, struct link_image *new,
		enum rules_verdict verdict)
{
	memset(d, 0, sizeof(*d));
	d->old = *old;
	d->new = *new;
	memset(old, 0, sizeof(*old));
	memset(new, 0, sizeof(*new));
	link_params_differ(d);
	compare_classes(d);
	delta_rules(d);
	d->sets_differ = !d->n_rules && verdict == RULES_OTHERS;
	delta_packets(d);
}

static uint32_t *ids_of(const struct link *link)
{
	uint32_t *ids = mem_zalloc(link->n_classes, sizeof(*ids)), i;

	for (i = 0; i < link->n_classes; i++)
		ids[i] = i + 1;
	return ids;
}

/* As apply would give them out, with the old policy's in force. */
static uint32_t *ids_after(const struct link *old, const struct link *new)
{
	uint32_t *ids = mem_zalloc(new->n_classes, sizeof(*ids)), next, i;
	uint32_t n = old ? old->n_classes : 0;
	struct known_class *known = mem_zalloc(n, sizeof(*known));

	for (i = 0; i < n; i++) {
		known[i].id = i + 1;
		known[i].parent = old->classes[i].parent == NO_CLASS ? 0 :
				  old->classes[i].parent + 1;
		known[i].name = old->classes[i].name;
	}
	keep_ids(new, known, n, ids);
	next = n + 1;
	for (i = 0; i < new->n_classes; i++)
		if (!ids[i])
			ids[i] = next++;
	free(known);
	return ids;
}

void delta_links(const struct link *old, const struct link *new, struct delta *out)
{
	struct link_image before = { 0 }, after = { 0 };
	uint32_t *ids;

	if (old) {
		ids = ids_of(old);
		image_of_link(old, ids, 0, &before);
		free(ids);
	}
	if (new) {
		ids = ids_after(old, new);
		image_of_link(new, ids, 0, &after);
		free(ids);
	}
	delta_make(out, &before, &after, RULES_UNKNOWN);
}

bool delta_empty(const struct delta *d)
{
	return d->old.there == d->new.there && !d->params.n && !d->n_classes &&
	       !d->n_rules && !d->sets_differ;
}

static void free_params(struct param_changes *params)
{
	size_t i;

	for (i = 0; i < params->n; i++) {
		free(params->list[i].old_text);
		free(params->list[i].new_text);
	}
	free(params->list);
}

void delta_free(struct delta *d)
{
	size_t i;

	for (i = 0; i < d->n_classes; i++)
		free_params(&d->classes[i].params);
	free_params(&d->params);
	free(d->classes);
	free(d->rules);
	image_free(&d->old);
	image_free(&d->new);
	memset(d, 0, sizeof(*d));
}
