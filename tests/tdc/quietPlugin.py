# SPDX-License-Identifier: GPL-2.0
"""
A plugin of the kernel's tdc.py, beside its nsPlugin: the devices of a case are there
before its first command, nothing but the case's own packets crosses them, and the
kernel's log says where the case begins.
"""
import fcntl
import os
import socket
import struct
import time

from TdcPlugin import TdcPlugin

SIOCGIFFLAGS = 0x8913
IFF_UP = 1
PATIENCE = 60


def is_up(sock, name):
    request = struct.pack('16sH14x', name.encode(), 0)
    try:
        answer = fcntl.ioctl(sock, SIOCGIFFLAGS, request)
    except OSError:
        return False
    return bool(struct.unpack('16sH14x', answer)[1] & IFF_UP)


def are_up(names):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return all(is_up(sock, name) for name in names)


def enter(path):
    """Its file is there before the namespace is."""
    try:
        with open(path, encoding='ascii') as namespace:
            os.setns(namespace.fileno(), os.CLONE_NEWNET)
    except OSError:
        return False
    return True


def wait_for(what, *args):
    end = time.monotonic() + PATIENCE
    while not what(*args):
        if time.monotonic() > end:
            raise TimeoutError('{}{}: not within {} s'.format(
                what.__name__, args, PATIENCE))
        time.sleep(0.005)


class SubPlugin(TdcPlugin):
    def __init__(self):
        self.sub_class = 'quiet/SubPlugin'
        super().__init__()

    def pre_case(self, caseinfo, test_skip):
        super().pre_case(caseinfo, test_skip)
        with open('/dev/kmsg', 'w', encoding='ascii') as log:
            log.write('optq-tdc: {}\n'.format(caseinfo['id']))
        if test_skip:
            return
        names = self.args.NAMES
        with open('/proc/self/ns/net', encoding='ascii') as home:
            # nsPlugin does not wait for what it makes, unless there is pyroute2.
            wait_for(enter, '/run/netns/' + names['NS'])
            try:
                wait_for(are_up, [names['DEV1'], names['DUMMY'], names['IFB']])
                with open('/proc/sys/net/ipv6/conf/all/disable_ipv6', 'w',
                          encoding='ascii') as switch:
                    switch.write('1\n')
            finally:
                os.setns(home.fileno(), os.CLONE_NEWNET)
