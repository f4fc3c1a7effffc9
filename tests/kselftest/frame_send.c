// SPDX-License-Identifier: GPL-2.0
/*
 * Sends frames as they are given, however wrong they are:
 *	frame_send DEV < LINES
 * each line the frame's bytes in hex, from the destination's address on.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FRAME_MAX	2048

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static size_t read_hex(const char *line, uint8_t *frame)
{
	unsigned int byte;
	size_t n = 0;

	for (; n < FRAME_MAX && sscanf(line, "%2x", &byte) == 1; line += 2)
		frame[n++] = (uint8_t)byte;
	return n;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
	static char line[2 * FRAME_MAX + 2];
	uint8_t frame[FRAME_MAX];
	size_t len;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: frame_send DEV < LINES\n");
		return 2;
	}
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	to.sll_ifindex = (int)if_nametoindex(argv[1]);
	if (fd < 0 || !to.sll_ifindex)
		die(argv[1]);
	while (fgets(line, sizeof(line), stdin)) {
		len = read_hex(line, frame);
		if (len < ETH_HLEN) {
			fprintf(stderr, "frame_send: shorter than a header: %s", line);
			return 1;
		}
		memcpy(to.sll_addr, frame, ETH_ALEN);
		memcpy(&to.sll_protocol, frame + 2 * ETH_ALEN,
		       sizeof(to.sll_protocol));
		if (sendto(fd, frame, len, 0, (struct sockaddr *)&to,
			   sizeof(to)) != (ssize_t)len)
			die("sendto");
	}
	return 0;
}
