# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A real nginx with config/nginx.conf, on free ports."""

import os
import shutil
import socket
import tempfile

from .ports import free_ports
from .process import Process
from .server import REPOSITORY
from .tls import Certificate
from .waiting import eventually


class Nginx:
    """nginx in front of a server. It has to be installed: `sh/bootstrap test` does that."""

    def __init__(self, server, replacing=None):
        self.directory = tempfile.mkdtemp(prefix="push-nginx-")
        self.port, self.tls_port = free_ports(2)
        self.certificate = Certificate(self.directory)
        self.replacing = {
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.tls_port} ssl;",
            "server 127.0.0.1:9501;": f"server 127.0.0.1:{server.ws_port};",
            "server 127.0.0.1:8880;": f"server 127.0.0.1:{server.http_port};",
            "/etc/letsencrypt/live/push.example.com/fullchain.pem": self.certificate.certificate,
            "/etc/letsencrypt/live/push.example.com/privkey.pem": self.certificate.key,
            "/run/nginx.pid": os.path.join(self.directory, "nginx.pid"),
            "/var/log/nginx/error.log": os.path.join(self.directory, "error.log"),
            # As many as a test's machine may have.
            "worker_rlimit_nofile 65536;": "",
            "worker_connections 32768;": "worker_connections 512;",
            # Directories that an ordinary user may write.
            "\nhttp {\n": "\nhttp {\n" + "".join(
                f"    {name}_temp_path {self.directory}/{name};\n"
                for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            ),
            **(replacing or {}),
        }

    def __enter__(self):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            raise AssertionError("nginx is not installed: sh/bootstrap test installs it")
        with open(os.path.join(REPOSITORY, "config", "nginx.conf")) as file:
            text = file.read()
        for old, new in self.replacing.items():
            if old not in text:
                raise AssertionError(f"config/nginx.conf does not say {old!r}")
            text = text.replace(old, new)
        path = os.path.join(self.directory, "nginx.conf")
        with open(path, "w") as file:
            file.write(text)
        log = os.path.join(self.directory, "error.log")
        # As root its workers would be another user, who may not enter the directory.
        globals_ = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        self.process = Process([program, "-c", path, "-p", self.directory, "-e", log, "-g", globals_], log + ".start")
        eventually("nginx accepts connections", self._accepts, 20)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _accepts(self):
        if not self.process.is_running:
            raise AssertionError(f"nginx ended: {self.process.log}")
        try:
            socket.create_connection(("127.0.0.1", self.tls_port), timeout=1).close()
            return True
        except OSError:
            return False

    @property
    def ways(self):
        """How clients come: the base of a WebSocket's URL, the port, and what TLS needs."""
        trust = self.certificate.trust
        return [
            (f"ws://127.0.0.1:{self.port}", self.port, None),
            (f"wss://127.0.0.1:{self.tls_port}", self.tls_port, trust),
        ]
