/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_DEVICE_H
#define OPTQCTL_DEVICE_H

/* Index of the device with that name or altname, or 0. */
int device_index(const char *name);

#endif
