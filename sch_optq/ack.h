/* SPDX-License-Identifier: GPL-2.0 */
/* Acknowledgements of TCP, read for the core that gives redundant ones up. */
#ifndef OPTQ_ACK_READ_H
#define OPTQ_ACK_READ_H

#include "qdisc.h"

/*
 * Reads the packet's headers as a segment of TCP over IPv4 or IPv6; false: it is none,
 * or they are cut short, a fragment's, or behind an extension header.  What makes no
 * sense of one is not pure.
 */
bool optq_ack_read(const struct optq_pkt *pkt, struct optq_ack *ack);

#endif /* OPTQ_ACK_READ_H */
