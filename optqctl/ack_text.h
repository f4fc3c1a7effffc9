/* SPDX-License-Identifier: GPL-2.0 */
/* The ACK filter in words: policy and views share them. */
#ifndef OPTQCTL_ACK_TEXT_H
#define OPTQCTL_ACK_TEXT_H

#include <stdint.h>

/*
 * An enum optq_ack_filter; 0 is not given.  Returns NULL, or what is wrong with @text,
 * to be freed.
 */
char *ack_filter_parse(const char *text, uint8_t *filter);
/* NULL when it is not given. */
const char *ack_filter_text(uint8_t filter);

#endif
