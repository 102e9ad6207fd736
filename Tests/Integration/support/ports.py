# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Free ports on loopback."""

import socket


def free_ports(count):
    """Gives ports that are free for TCP and UDP, each of them once."""
    held, ports = [], []
    try:
        while len(ports) < count:
            tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
            held += [tcp, udp]
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            ports.append(tcp.getsockname()[1])
        return ports
    finally:
        for each in held:
            each.close()


def free_port():
    """Gives one free port."""
    return free_ports(1)[0]
