# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A server that speaks TLS itself: its certificate, and a renewed one."""

import os
import signal
import ssl
import tempfile
import unittest

from support import http
from support.chat import Chat
from support.server import PushServer
from support.tls import Certificate
from support.waiting import eventually


class TLS(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="push-tls-"))
        self.pair = Certificate(directory)
        self.server = PushServer(
            {"tls.certificate": self.pair.certificate, "tls.key": self.pair.key, "demo.users": "alice,bob"}
        )
        self.addCleanup(self.server.remove)

    def start(self):
        self.server.spawn()
        eventually("it answers by HTTPS", lambda: self.health().status == 200, 30, (OSError,))

    def health(self, port=None):
        return http.get(port or self.server.ws_port, "/health/ready", tls=self.pair.trust)

    def open(self, uid):
        token = self.server.demo_tokens()[uid]
        base = f"wss://127.0.0.1:{self.server.ws_port}"
        chat = Chat(self.server, token, base=base, ssl=self.pair.trust)
        self.addCleanup(chat.close)
        return chat.expect_login()

    def shown(self):
        """The certificate that a new connection sees."""
        return ssl.get_server_certificate(("127.0.0.1", self.server.ws_port))

    def test_both_ports_chat_and_links(self):
        self.start()
        self.assertEqual(self.health(self.server.http_port).status, 200)
        for link in self.server.links().values():
            self.assertTrue(link.startswith(f"https://localhost:{self.server.ws_port}/#"), link)
        alice, bob = self.open("alice"), self.open("bob")
        alice.message("bob", "encrypted")
        self.assertEqual(bob.receive()["content"], "encrypted")

    def test_plain_http_is_told(self):
        self.start()
        for port in (self.server.ws_port, self.server.http_port):
            answer = http.get(port, "/health/ready")
            self.assertEqual((answer.status, answer.text), (400, "400 This port speaks TLS\n"))
        self.assertEqual(self.health().status, 200)

    def test_old_versions_are_refused(self):
        self.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with self.assertRaises(OSError):
            http.get(self.server.ws_port, "/health/ready", tls=context)

    def test_a_reload_takes_the_renewed_certificate_and_closes_nobody(self):
        self.start()
        alice, bob = self.open("alice"), self.open("bob")
        old = self.shown()
        self.pair.renew()
        self.assertEqual(self.shown(), old)
        self.server.process.signal(signal.SIGHUP)
        eventually("the new certificate is shown", lambda: self.shown() != old)
        with open(self.pair.certificate) as file:
            self.assertEqual(self.shown().strip(), file.read().strip())
        alice.message("bob", "still here")
        self.assertEqual(bob.receive()["content"], "still here")

    def test_a_reload_with_files_that_cannot_be_used_changes_nothing(self):
        self.start()
        old = self.shown()
        os.remove(self.pair.key)
        self.server.process.signal(signal.SIGHUP)
        eventually("it is logged", lambda: "reload refused; nothing has changed" in self.server.log)
        self.assertIn(f"tls.key: {self.pair.key}: there is no such file", self.server.log)
        self.assertEqual(self.shown(), old)

    def test_files_that_cannot_be_used_end_the_start(self):
        missing = os.path.join(os.path.dirname(self.pair.key), "missing.pem")
        for settings, expected in [
            ({"tls.key": missing}, f"tls.key: {missing}: there is no such file"),
            ({"tls.certificate": missing}, f"tls.certificate: {missing}: there is no such file"),
            ({"tls.certificate": self.pair.key}, f"tls.certificate: {self.pair.key}: holds no certificate"),
            ({"tls.key": None}, f"tls.certificate: '{self.pair.certificate}' needs tls.key"),
            ({"tls.certificate": None}, f"tls.key: '{self.pair.key}' needs tls.certificate"),
        ]:
            for command in ("serve", "check-config"):
                with self.subTest(command, expected=expected):
                    done = self.server.command(command, settings=settings)
                    self.assertEqual(done.returncode, 78, done.stderr)
                    self.assertIn(expected, done.stderr)
