/* SPDX-License-Identifier: GPL-2.0 */
/* What each key does. */
#ifndef OPTQCTL_TOP_KEYS_H
#define OPTQCTL_TOP_KEYS_H

#include "top.h"

/* Beside characters, by their code points. */
enum top_key {
	TOP_KEY_UP = 0x110000, TOP_KEY_DOWN, TOP_KEY_PAGE_UP, TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME, TOP_KEY_END, TOP_KEY_ENTER, TOP_KEY_BACK, TOP_KEY_ESCAPE,
	TOP_KEY_OTHER
};

enum top_act { TOP_STAYS, TOP_NEXT_TREE, TOP_QUITS };

enum top_act top_press(struct top *t, unsigned int key);

/* Lines of the help, with two columns: NULL ends. */
extern const char *const top_help[][2];

#endif
