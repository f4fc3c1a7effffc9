/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_HOSTS_H
#define OPTQ_HOSTS_H

#include "qdisc.h"

void optq_host_mem_free(struct optq_host_mem *m);

#endif /* OPTQ_HOSTS_H */
