/* SPDX-License-Identifier: GPL-2.0 */
/* Top on a terminal: the only place that knows ncurses. */
#ifndef OPTQCTL_TOP_VIEW_H
#define OPTQCTL_TOP_VIEW_H

#include "top.h"

/* False: the terminal is of no known kind. What it was comes back at the end of all. */
bool top_view_begin(void);
void top_view_end(void);
/* The window has another size now. */
void top_view_resize(void);
void top_view_draw(struct top *t);
/* A key of top_keys.h; 0: none was pressed. */
unsigned int top_view_key(void);

#endif
