/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a policy's maps and the values they take. */
#ifndef OPTQCTL_POLICY_KEYS_H
#define OPTQCTL_POLICY_KEYS_H

#include "model.h"
#include "yaml.h"

enum key_kind {
	KEY_RATE,	/* uint64_t, or its share */
	KEY_SIZE,	/* uint32_t */
	KEY_NUMBER,	/* uint32_t */
	KEY_PACKETS,	/* uint32_t */
	KEY_TIME,	/* uint64_t */
	KEY_BOOL,	/* bool */
	KEY_TRISTATE,	/* int8_t */
	KEY_WIRE,	/* struct optq_wire */
	KEY_DSCP,	/* uint8_t, see dscp_text.h */
	KEY_ISOLATE,	/* uint8_t, enum optq_isolate */
	KEY_ACK_FILTER,	/* uint8_t, see ack_text.h */
	KEY_POLICE,	/* struct police * */
	KEY_OTHER,	/* read by the map's own code */
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t field;		/* offset in the object */
	size_t share;		/* likewise; 0: the key takes no share */
	uint64_t min, max;
};

/* NULL, with an error that suggests what was meant, if it is not known. */
const struct key *find_key(const struct key *keys, const struct ynode *name,
			   const char *what, struct diags *d);
/* Reads the value of any kind but KEY_OTHER into @object. */
bool read_key(const struct key *key, const struct ynode *value, void *object,
	      struct diags *d);
/* The value's text, or NULL with an error that says what is needed. */
const char *scalar_text(const struct ynode *value, const char *key,
			const char *needed, struct diags *d);
bool is_map(const struct ynode *node, const char *what, struct diags *d);
const struct ynode *map_find(const struct ynode *map, const char *key);
/* Class and link names. */
bool check_name(const struct ynode *name, const char *what, struct diags *d);

#endif
