/* SPDX-License-Identifier: GPL-2.0 */
/* What goes on beside the requests: packets from both processors, and dumps. */
#ifndef NLFUZZ_LOAD_H
#define NLFUZZ_LOAD_H

#include <stdint.h>

struct load_counts {
	uint64_t packets, refused, dumps, events;
};

void load_start(void);
/* One request more has been sent: the rest may go on. */
void load_step(void);
void load_stop(struct load_counts *counts);

#endif /* NLFUZZ_LOAD_H */
