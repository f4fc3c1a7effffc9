// SPDX-License-Identifier: GPL-2.0
/*
 * Devices whose packets begin with the IP header, without a program at their other end:
 *
 *	line_dev tun NAME
 *		raw IP, in the network namespace of the caller
 *	line_dev pppoe DEVICE MAC
 *		PPP in a PPPoE session with MAC over DEVICE, as pppd makes it once
 *		both ends have agreed; the kernel names it ppp0 and so on
 *
 * Prints the name once the device is there, and takes what is sent until a signal.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_pppox.h>
#include <linux/if_tun.h>
#include <linux/ppp-ioctl.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "line_dev: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int must(int value, const char *what)
{
	if (value < 0)
		die(what);
	return value;
}

static int tun_open(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = must(open("/dev/net/tun", O_RDWR), "/dev/net/tun");

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	must(ioctl(fd, TUNSETIFF, &ifr), "TUNSETIFF");
	printf("%s\n", ifr.ifr_name);
	return fd;
}

static int session_open(const char *device, const char *mac)
{
	struct sockaddr_pppox to = {
		.sa_family = AF_PPPOX, .sa_protocol = PX_PROTO_OE,
		.sa_addr.pppoe.sid = htons(1),
	};
	const struct ether_addr *remote = ether_aton(mac);
	int fd = must(socket(AF_PPPOX, SOCK_STREAM, PX_PROTO_OE), "PPPoE socket");

	if (!remote) {
		errno = EINVAL;
		die(mac);
	}
	memcpy(to.sa_addr.pppoe.remote, remote, sizeof(*remote));
	snprintf(to.sa_addr.pppoe.dev, sizeof(to.sa_addr.pppoe.dev), "%s", device);
	must(connect(fd, (struct sockaddr *)&to, sizeof(to)), "PPPoE session");
	return fd;
}

static int pppoe_open(const char *device, const char *mac)
{
	int session = session_open(device, mac), channel, unit, n = -1;

	channel = must(open("/dev/ppp", O_RDWR), "/dev/ppp");
	unit = must(open("/dev/ppp", O_RDWR), "/dev/ppp");
	must(ioctl(unit, PPPIOCNEWUNIT, &n), "PPPIOCNEWUNIT");
	printf("ppp%d\n", n);
	must(ioctl(session, PPPIOCGCHAN, &n), "PPPIOCGCHAN");
	must(ioctl(channel, PPPIOCATTCHAN, &n), "PPPIOCATTCHAN");
	must(ioctl(unit, PPPIOCGUNIT, &n), "PPPIOCGUNIT");
	must(ioctl(channel, PPPIOCCONNECT, &n), "PPPIOCCONNECT");
	return unit;
}

int main(int argc, char **argv)
{
	char packet[65536];
	int fd;

	if (argc == 3 && !strcmp(argv[1], "tun")) {
		fd = tun_open(argv[2]);
	} else if (argc == 4 && !strcmp(argv[1], "pppoe")) {
		fd = pppoe_open(argv[2], argv[3]);
	} else {
		fprintf(stderr, "usage: line_dev tun NAME | pppoe DEVICE MAC\n");
		return 2;
	}
	fflush(stdout);
	for (;;)
		if (read(fd, packet, sizeof(packet)) < 0 && errno != EINTR)
			pause();
}
