# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Signed datagrams, made by the examples of the documentation (chat protocol, section 3, "Signed form")."""

import json
import os
import re
import subprocess
import sys
import time
import unittest

from support.case import ServerCase, unique
from support.php import PHP, needs_php, php
from support.server import REPOSITORY
from support.udp import Backend

KEY, KEY_SECRET = "web-1", "correct-horse-battery-staple"
ELSEWHERE = "127.0.1.7"


def section():
    """The section of the documentation."""
    with open(os.path.join(REPOSITORY, "docs", "protocol-chat.md"), encoding="utf-8") as file:
        text = file.read()
    return re.search(r"^### Signed datagrams\n(.*?)^#", text, re.M | re.S)[1]


def block(language):
    """Its code in a language."""
    return re.search(rf"^```{language}\n(.*?)^```", section(), re.M | re.S)[1]


def python(*arguments):
    """What the example in Python signs; the arguments are those of its function."""
    code = block("python").split("\ns = socket", 1)[0]
    call = "\nimport sys\nprint(signed(*json.loads(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", code + call, json.dumps(arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def php_example(*arguments):
    """What the example in PHP signs."""
    code = block("php").split("\n$s = ", 1)[0]
    return php(code + "\necho signed(...json_decode($argv[1], true));", json.dumps(arguments)).decode()


class Documented(unittest.TestCase):
    """The worked example, and the two programs."""

    def setUp(self):
        self.example = json.loads(block("json"))
        self.arguments = (
            self.example["key"], KEY_SECRET, self.example["body"], self.example["ts"], self.example["nonce"],
        )

    def test_python_signs_the_worked_example(self):
        self.assertIn(f"`{KEY_SECRET}`", section())
        self.assertEqual(json.loads(python(*self.arguments)), self.example)

    @needs_php
    def test_php_signs_the_worked_example(self):
        self.assertEqual(json.loads(php_example(*self.arguments)), self.example)

    def test_openssl_signs_the_worked_example(self):
        key, secret, body, ts, nonce = self.arguments
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-hmac", secret], input=f"{key}\n{ts}\n{nonce}\n{body}".encode(),
            capture_output=True,
        )
        self.assertEqual(done.stdout.decode().split()[-1], self.example["mac"])


class Signed(ServerCase):
    settings = {"udp.keys": f"{KEY}={KEY_SECRET}", "udp.allow": "127.0.0.1=only-this-address", "server.loops": 2}

    def setUp(self):
        super().setUp()
        self.stranger = self.enterContext(Backend(self.server, ELSEWHERE))

    def refusal(self, backend, datagram):
        return backend.exchange(datagram).get("message")

    def examples(self):
        return [python] + ([php_example] if PHP else [])

    def test_examples_are_carried_out_from_any_address_and_once(self):
        bob = self.connect(unique("bob"))
        for sign in self.examples():
            with self.subTest(sign.__name__):
                body = json.dumps({"to_uid": bob.uid, "content": 'é新 "\\\n', "request_id": sign.__name__})
                datagram = sign(KEY, KEY_SECRET, body)
                reply = self.stranger.exchange(datagram)
                self.assert_has(reply, onLine=1, code=200, request_id=sign.__name__)
                self.assertEqual(bob.receive()["content"], 'é新 "\\\n')
                for _ in range(10):
                    with Backend(self.server, ELSEWHERE) as other:
                        self.assertEqual(self.refusal(other, datagram), "the nonce was used before")
                again = self.stranger.exchange(sign(KEY, KEY_SECRET, body))
                self.assertEqual(again, reply)
        self.assertEqual(bob.rest(), [])

    def test_an_array(self):
        bob = self.connect(unique("bob"))
        body = json.dumps([{"means": "is_on_line", "data": {"to_uid": bob.uid}}, {"means": "nonsense"}])
        replies = self.stranger.exchange(python(KEY, KEY_SECRET, body))
        self.assertEqual([reply["code"] for reply in replies], [200, 400])

    def test_what_is_refused(self):
        body = json.dumps({"to_uid": "1", "content": "x" * 50})
        now, before = int(time.time() * 1000), self.server.metrics()
        cases = {
            "wrong signature": python(KEY, "another secret", body),
            "ts is more than 60 s from the server's clock": python(KEY, KEY_SECRET, body, now + 70_000),
            "not allowed": json.dumps({"sk": "only-this-address", "to_uid": "1", "content": "x" * 50}),
        }
        for message, datagram in cases.items():
            with self.subTest(message):
                self.assertEqual(self.refusal(self.stranger, datagram), message)
        unknown = python("web-2", KEY_SECRET, body)
        self.assertEqual(self.refusal(self.stranger, unknown), "wrong signature")
        tampered = python(KEY, KEY_SECRET, body).replace("xxx", "xxy", 1)
        self.assertEqual(self.refusal(self.stranger, tampered), "wrong signature")
        after = self.server.metrics()
        for cause, count in (("signature", 3), ("time", 1), ("nonce", 0), ("address", 1)):
            name = f"push_udp_refused_{cause}_total"
            self.assertEqual(after[name] - before[name], count, cause)

    def test_a_datagram_recorded_before_a_restart_is_refused(self):
        bob = unique("bob")
        datagram = python(KEY, KEY_SECRET, json.dumps({"to_uid": bob, "content": 1}))
        self.assertEqual(self.stranger.exchange(datagram)["code"], 200)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.refusal(self.stranger, datagram), "ts is from before the server's start")
        self.first_process = self.server.process

    def test_send_signs(self):
        done = self.server.command("send", "--key", KEY, "--to", unique("bob"), "hello")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["code"], 200)
        done = self.server.command("send", "--key", "web-2", "--to", "1", "hello")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("web-2", done.stderr)
        self.assertNotIn(KEY_SECRET, done.stderr)
