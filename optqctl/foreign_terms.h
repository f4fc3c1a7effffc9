/* SPDX-License-Identifier: GPL-2.0 */
/* What filters of others ask for, in the words of a match. */
#ifndef OPTQCTL_FOREIGN_TERMS_H
#define OPTQCTL_FOREIGN_TERMS_H

#include "foreign.h"

#define PROTOCOL_ALL	0x0003
#define PROTOCOL_IP	0x0800
#define PROTOCOL_IPV6	0x86dd
#define PROTOCOL_VLAN	0x8100
#define PROTOCOL_QINQ	0x88a8

/* Each adds a term to the filter, or what no match can say of it. */
void terms_family(struct foreign_filter *f, uint16_t protocol);
void terms_proto(struct foreign_filter *f, uint8_t proto);
/* All values of @bits bits that have @value under @mask. */
void terms_values(struct foreign_filter *f, const char *field, uint32_t value,
		  uint32_t mask, unsigned int bits);
void terms_tos(struct foreign_filter *f, uint8_t value, uint8_t mask);
/* Words in host order; of IPv4 the first alone counts. */
void terms_address(struct foreign_filter *f, const char *field, bool v6,
		   const uint32_t *value, const uint32_t *mask);
void terms_mark(struct foreign_filter *f, const char *field, uint32_t value, uint32_t mask);
/* The keys of a u32, of a packet of the filter's protocol. */
void terms_keys(struct foreign_filter *f);
/* Those of what is not read in words: u32, fw, matchall. */
void terms_settle(struct foreign_filter *f);

#endif
