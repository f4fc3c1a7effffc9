/* SPDX-License-Identifier: GPL-2.0 */
/* Bursts and targets follow the device's MTU. */
#ifndef OPTQ_MTU_H
#define OPTQ_MTU_H

int optq_mtu_init(void);
void optq_mtu_exit(void);

#endif /* OPTQ_MTU_H */
