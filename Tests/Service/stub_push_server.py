#!/usr/bin/env python3
# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Stands in for push-server where sh/websocket and sh/http are tested: the commands the script calls, and ways to fail.

The configuration file holds flat `key: value` lines; the environment (PUSH_WEBSOCKET_PORT and so on) goes over it, and
any other key makes it invalid. STUB_MODE chooses how `serve` and `http` behave:

    ready (default)   answers 200 on /health/live and /health/ready
    late              is not ready until a file named STUB_GATE exists
    unready           lives, and is never ready
    mute              never listens
    crash             ends with exit code 3 before it listens
    killed            is killed by SIGKILL before it listens
    deaf              ignores SIGTERM
    slow              needs STUB_GATE to exist before it ends on SIGTERM
    no-reload         leaves SIGHUP at its default action
"""

import os
import signal
import sys
import time

DEFAULTS = {
    "websocket.host": "127.0.0.1",
    "websocket.port": "9501",
    "udp.host": "127.0.0.1",
    "udp.port": "9502",
    "http.host": "127.0.0.1",
    "http.port": "8880",
    "data.directory": "data",
}
MODE = os.environ.get("STUB_MODE", "ready")
NOT_READY = b'{"status":"unavailable","mariadb":"connecting"}'


def configuration(path):
    values = dict(DEFAULTS)
    with open(path, encoding="utf-8") as lines:
        for line in filter(None, (line.split("#")[0].strip() for line in lines)):
            key, _, value = line.partition(":")
            if key not in DEFAULTS:
                sys.exit(f"{path}: unknown key {key}")
            values[key] = value.strip()
    for key in DEFAULTS:
        values[key] = os.environ.get("PUSH_" + key.replace(".", "_").upper(), values[key])
    for ours in ("PUSH_BINARY", "PUSH_CONFIG"):
        if ours in os.environ:
            sys.exit(f"{ours}: unknown key in the environment")
    return values


def gate_is_open():
    return os.path.exists(os.environ["STUB_GATE"])


def health_server(host, port):
    # Imported here, because the other commands are called often and have to be quick.
    import http.server
    import socket
    import threading

    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            ready = MODE != "unready" and (MODE != "late" or gate_is_open())
            status, body = (200, b'{"status":"ok"}') if ready or self.path == "/health/live" else (503, NOT_READY)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    threading.Thread(target=Server((host, port), Health).serve_forever, daemon=True).start()


def serve(values, ports):
    print(f"serving in {os.getcwd()}", flush=True)
    if MODE == "crash":
        print("cannot go on: the reason", flush=True)
        sys.exit(3)
    if MODE == "killed":
        os.kill(os.getpid(), signal.SIGKILL)

    ended = []
    signal.signal(signal.SIGTERM, signal.SIG_IGN if MODE == "deaf" else lambda *_: ended.append(True))
    if MODE != "no-reload":
        signal.signal(signal.SIGHUP, lambda *_: print("notice configuration reloaded", flush=True))
    if MODE != "mute":
        for port in ports:
            health_server(values[port + ".host"], int(values[port + ".port"]))
    while not ended:
        time.sleep(0.05)
    print("draining", flush=True)
    while MODE == "slow" and not gate_is_open():
        time.sleep(0.05)
    print("drained", flush=True)


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    values = configuration(arguments[arguments.index("--config") + 1])
    if command == "check-config":
        if "--print" in arguments:
            print(values[arguments[arguments.index("--print") + 1]])
    elif command == "first-steps":
        print(f"  demo user  http://127.0.0.1:{values['websocket.port']}/#access_token=stub-secret-token")
    elif command == "serve":
        serve(values, ["websocket", "http"])
    elif command == "http":
        serve(values, ["http"])
    else:
        sys.exit(f"unknown command: {command}")


if __name__ == "__main__":
    main()
