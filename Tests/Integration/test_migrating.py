# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The pages for who comes from another server: their files start a server, and their calls do what the pages say."""

import pathlib
import re
import subprocess
import sys
import unittest

from support.ports import free_ports
from support.server import REPOSITORY, PushServer

PAGES = pathlib.Path(REPOSITORY) / "docs" / "migrating"
# Where the pages have their files, and the ports that they speak of.
FOLDER = "/etc/push-server"
PORTS = ["9501", "8880", "3131", "3232", "8001", "8002", "6001", "8080"]
INTERPRETERS = {"php": ["php"], "python": [sys.executable, "-"]}


class Migrating(unittest.TestCase):
    def run_page(self, name):
        server = PushServer()
        self.addCleanup(server.remove)
        ports = dict(zip(PORTS, map(str, free_ports(len(PORTS)))))
        text = (PAGES / name).read_text("utf-8").replace(FOLDER, server.directory)
        text = re.sub(rf"(?<!\d)({'|'.join(PORTS)})(?!\d)", lambda found: ports[found[0]], text)
        # Language, file and code of each block.
        blocks = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.M | re.S)
        files = {pathlib.Path(file): code for _, file, code in blocks if file}
        self.assertEqual(sorted(file.name for file in files), ["apps.yaml", "push-server.yaml"])
        for file, code in files.items():
            file.write_text(code, "utf-8")
        configuration = pathlib.Path(server.directory, "push-server.yaml")
        [start] = [code for language, _, code in blocks if language == "sh"]
        self.assertEqual(start, f"sh/websocket start --config {configuration}\n")
        own = re.search(r"^websocket:\n  port: (\d+)", files[configuration], re.M)
        # The environment wins over the file: it says nothing of the port that the page sets.
        server.ws_port, server.http_port = int(own[1] if own else ports["9501"]), int(ports["8880"])
        server.settings.update({
            "config": configuration, "http.port": server.http_port, "websocket.port": None if own else server.ws_port,
        })
        server.start()
        outputs = [self.run_program(language, code) for language, _, code in blocks if language in INTERPRETERS]
        self.assertNotEqual(outputs, [])
        for expected in re.findall(r"^prints `([^`\n]+)`", text, re.M):
            self.assertIn(expected, outputs)

    def run_program(self, language, code):
        ended = subprocess.run(INTERPRETERS[language], input=code, text=True, capture_output=True, timeout=30)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended.stdout)
        return ended.stdout.strip()


for page in sorted(PAGES.glob("from-*.md")):
    def test(self, name=page.name):
        self.run_page(name)

    setattr(Migrating, f"test_{page.stem.replace('-', '_')}", test)
