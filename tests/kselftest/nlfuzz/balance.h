/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NLFUZZ_BALANCE_H
#define NLFUZZ_BALANCE_H

#include "sock.h"

/*
 * Of the link and every class where optq is the root: what came was sent, was dropped, or
 * waits.  How many of them tell otherwise; adds those that it looked at.
 */
uint64_t balance_look(struct sock *genl, uint64_t *looks);

#endif /* NLFUZZ_BALANCE_H */
