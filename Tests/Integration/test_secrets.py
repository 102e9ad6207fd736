# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets that come from files, as containers and service managers hand them over."""

import os
import subprocess
import unittest

from support import http
from support.server import BINARY, SECRET, PushServer, environment_of
from support.udp import Backend

SECRET_KEYS = ("udp.allow", "udp.keys", "http.serverKeys", "channels.masterKey", "redis.url", "mariadb.url")
# 32 bytes in base64.
MASTER_KEY = "c2VjcmV0cy1zZWNyZXRzLXNlY3JldHMtc2VjcmV0cy0="


class Secrets(unittest.TestCase):
    def setUp(self):
        self.server = PushServer()
        self.addCleanup(self.server.remove)

    def file(self, name, text):
        path = os.path.join(self.server.directory, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o400)
        return path

    def check(self, environment):
        return subprocess.run(
            [BINARY, "check-config"], env={**environment_of({}), **environment}, cwd=self.server.directory,
            capture_output=True, text=True, timeout=30,
        )

    def variable(self, key):
        (name,) = set(environment_of({key: "x"})) - set(environment_of({}))
        return name

    def test_every_secret_may_come_from_a_file_and_is_never_shown(self):
        values = {
            "udp.allow": f"10.0.0.0/8={SECRET},with,commas\n::1={SECRET}\n", "udp.keys": f"web-1={SECRET}\n",
            "http.serverKeys": f"{SECRET}\n{SECRET}2", "redis.url": f"redis://:{SECRET}@127.0.0.1:1/0\n",
            "mariadb.url": f"mysql://u:{SECRET}@127.0.0.1:1/d\n", "channels.masterKey": f"{MASTER_KEY}\n",
        }
        self.assertEqual(set(values), set(SECRET_KEYS))
        paths = {key: self.file(key, value) for key, value in values.items()}
        done = self.check({self.variable(key) + "_FILE": path for key, path in paths.items()})
        self.assertEqual(done.returncode, 0, done.stderr)
        for secret in (SECRET, MASTER_KEY):
            self.assertNotIn(secret, done.stdout + done.stderr)
        for key, path in paths.items():
            self.assertRegex(done.stdout, rf"(?m)^{key} = .*\(environment {self.variable(key)}_FILE, {path}\)$")
        self.assertIn("udp.keys = [web-1=<hidden>]", done.stdout)

    def test_both_forms_a_missing_file_and_a_large_one_end_the_start(self):
        large = self.file("large", SECRET * 10_000)
        for environment, words in (
            ({"PUSH_UDP_KEYS": f"a={SECRET}", "PUSH_UDP_KEYS_FILE": large}, ("PUSH_UDP_KEYS_FILE", "PUSH_UDP_KEYS ")),
            ({"PUSH_REDIS_URL_FILE": f"redis://:{SECRET}@h"}, ("PUSH_REDIS_URL_FILE", "redis.url", "No such file")),
            ({"PUSH_HTTP_SERVER_KEYS_FILE": large}, ("PUSH_HTTP_SERVER_KEYS_FILE", "64KiB")),
            ({"PUSH_UDP_PORT_FILE": large}, ("PUSH_UDP_PORT_FILE", "unknown variable")),
        ):
            with self.subTest(words[0]):
                done = self.check(environment)
                self.assertEqual(done.returncode, 78)
                for word in words:
                    self.assertIn(word, done.stderr)
                self.assertNotIn(SECRET, done.stderr)

    def test_a_server_uses_them(self):
        allow = self.file("allow", f"127.0.0.1={SECRET}\n")
        keys = self.file("keys", "key-of-a-file\n")
        self.server.settings.update({
            "udp.allow": None, "http.serverKeys": None, "udp.allow_FILE": allow, "http.serverKeys_FILE": keys,
        })
        self.server.start()
        with Backend(self.server) as backend:
            self.assertEqual(backend.ask("is_on_line", {"to_uid": "a"})["code"], 200)
        answer = http.get(self.server.http_port, "/chat/online?uid=a", headers=http.bearer("key-of-a-file"))
        self.assertEqual(answer.status, 200)
