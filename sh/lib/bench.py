# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Measurements that the load generators have no mode for. Called by sh/bench; prints one line of JSON for each run.

    bench.py replay PORT PID SK UDP      10,000 missed messages of 1 KB to one terminal
    bench.py broadcast PORT PID SK UDP   deliveries to 200 connections; with PUSH_BENCH_TLS=1 over TLS
    bench.py cpu PID                     CPU time of all threads of a process, in nanoseconds
"""

import base64
import json
import os
import select
import socket
import ssl
import sys
import time


def cpu(pid):
    """Nanoseconds that all threads of a process have run."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as text:
            total += int(text.read().split()[0])
    return total


def connect(port, uid):
    """A connection that is logged in as a user; what follows its handshake's head stays unread."""
    token = base64.urlsafe_b64encode(f"{uid}.{uid}.app".encode()).decode().rstrip("=")
    sock = socket.create_connection(("127.0.0.1", port))
    if os.environ.get("PUSH_BENCH_TLS"):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        sock = context.wrap_socket(sock)
    key = base64.b64encode(os.urandom(16)).decode()
    sock.sendall(
        f"GET /?access_token={token} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    return sock


def command(udp, text):
    """Sends a datagram and gives the reply."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        sock.sendto(text.encode(), ("127.0.0.1", udp))
        return sock.recv(65536).decode()


def replay(port, pid, sk, udp, count=10_000):
    content = "x" * 1000
    for start in range(0, count, 16):
        commands = [
            {"sk": sk, "means": "to_uid", "ack": "stored", "data": {"to_uid": "1", "content": content}}
            for _ in range(min(16, count - start))
        ]
        reply = command(udp, json.dumps(commands))
        assert reply.count('"code":200') == len(commands), reply
    before, start = cpu(pid), time.monotonic()
    with connect(port, 1) as sock:
        seen, tail = 0, b""
        while seen < count:
            data = sock.recv(1 << 18)
            assert data, "closed"
            joined = tail + data
            seen += joined.count(b'"state":0,')
            # No marker lies in what is kept.
            tail = joined[-9:] if not joined.endswith(b'"state":0,') else b""
    elapsed = time.monotonic() - start
    print(json.dumps({
        "mode": "replay", "messages": seen, "messages_per_s": round(seen / elapsed),
        "srv_us_per_message": round((cpu(pid) - before) / 1000 / seen, 2),
    }))


def broadcast(port, pid, sk, udp, connections=200, messages=500):
    socks = [connect(port, number + 1) for number in range(connections)]
    poller = select.epoll()
    by_fd = {}
    for sock in socks:
        data = b""
        while b'"code":200' not in data:
            data += sock.recv(65536)
        sock.setblocking(False)
        poller.register(sock.fileno(), select.EPOLLIN)
        by_fd[sock.fileno()] = sock
    text = json.dumps({"sk": sk, "means": "to_fd_all", "reply": False, "data": {"content": "y" * 100}})
    publisher = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    begin = None
    for number in range(messages + 20):
        if number == 20:
            begin = cpu(pid)
        publisher.sendto(text.encode(), ("127.0.0.1", udp))
        left = connections
        while left:
            for fd, _ in poller.poll():
                try:
                    data = by_fd[fd].recv(65536)
                except (ssl.SSLWantReadError, BlockingIOError):
                    continue
                assert data, "closed"
                left -= data.count(b'"content"')
    spent = (cpu(pid) - begin) / 1000
    print(json.dumps({
        "mode": "wss" if os.environ.get("PUSH_BENCH_TLS") else "ws", "connections": connections,
        "srv_us_per_delivery": round(spent / messages / connections, 2),
    }))


if __name__ == "__main__":
    mode, *arguments = sys.argv[1:]
    if mode == "cpu":
        print(cpu(int(arguments[0])))
    else:
        port, pid, sk, udp = arguments
        {"replay": replay, "broadcast": broadcast}[mode](int(port), int(pid), sk, int(udp))
