# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The commands of push-server, beside a running server: token, send, version."""

import json
import re

from support.case import ServerCase, unique
from support.server import SECRET


class Commands(ServerCase):
    def run_command(self, *arguments, code=0, **options):
        """Runs a command, checks its exit code and gives what it printed; errors belong on standard error."""
        done = self.server.command(*arguments, **options)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if code != 0:
            self.assertTrue(done.stderr.strip(), "an error without a word")
        return done.stdout if code == 0 else done.stderr

    def test_version(self):
        self.assertRegex(self.run_command("version"), r"^push-server \d+\.\d+\.\d+\S*\n$")

    def test_help_names_every_command(self):
        text = self.run_command("--help")
        for command in ("serve", "check-config", "token", "send", "migrate", "webhooks", "version", "first-steps"):
            self.assertIn(f"  {command}", text)

    # token

    def test_issue_prints_the_token_and_the_url_for_the_running_server(self):
        uid = unique("alice")
        token, url = self.run_command("token", "issue", "--uid", uid, "--source", "pc").splitlines()
        self.assertEqual(url, f"ws://localhost:{self.server.ws_port}/?access_token={token}")
        self.assertRegex(token, r"^[A-Za-z0-9_,-]+$")
        self.assert_has(self.open(token).expect_login().login["data"], uid=uid, source="pc")

    def test_issue_takes_the_place_of_the_terminals_token_only(self):
        uid = unique("alice")
        app, pc = self.server.issue(uid, "app"), self.server.issue(uid, "pc")
        new = self.server.issue(uid, "app")
        self.assertEqual([self.open(token).receive()["code"] for token in (app, pc, new)], [401, 200, 200])

    def test_revoke_one_terminal_and_all(self):
        uid = unique("alice")
        app, pc = self.server.issue(uid, "app"), self.server.issue(uid, "pc")
        self.assertEqual(self.run_command("token", "revoke", "--uid", uid, "--source", "app"), "revoked\n")
        self.assertEqual([self.open(token).receive()["code"] for token in (app, pc)], [401, 200])
        self.assertEqual(self.run_command("token", "revoke", "--uid", uid), "revoked\n")
        self.assertEqual(self.open(pc).receive()["code"], 401)
        self.assertEqual(self.run_command("token", "revoke", "--uid", uid), "there was no token\n")

    def test_what_no_token_can_be_issued_for(self):
        for arguments in (
            ("--uid", "a b"), ("--uid", ""), ("--uid", "x" * 65), ("--uid", "a", "--source", "fax"),
            ("--uid", "a", "--ttl", "0"), ("--uid", "a", "--ttl", "-5"), ("--uid", "a", "--ttl", "soon"), (),
        ):
            with self.subTest(arguments):
                done = self.server.command("token", "issue", *arguments)
                self.assertNotEqual(done.returncode, 0)
                self.assertTrue(done.stderr.strip())

    # send

    def test_send_delivers_and_prints_the_reply(self):
        bob = self.connect(unique("bob"))
        uid = bob.uid
        reply = json.loads(self.run_command("send", "--to", uid, "--uid", "shop", 'a "text" 新'))
        frame = bob.receive()
        self.assertEqual(reply, {"onLine": 1, "id": frame["id"], "code": 200})
        self.assert_has(frame, uid="shop", content={"type": "text", "value": 'a "text" 新'})

    def test_send_waits_until_it_is_stored(self):
        uid = unique("bob")
        reply = json.loads(self.run_command("send", "--to", uid, "--stored", "hello"))
        self.assertEqual(len(self.server.rows("id = ?", int(reply["id"]))), 1)

    def test_send_any_means_with_data(self):
        bob = self.connect(unique("bob"))
        fd = bob.session
        self.run_command("send", "--means", "to_fd", "--data", f'{{"to_fd":{fd},"content":[1]}}')
        self.assertEqual(bob.receive()["content"], [1])
        self.assertIn('"onLine":1', self.run_command("send", "--means", "is_on_line", "--to", bob.uid))

    def test_send_says_when_it_was_refused_or_nobody_answered(self):
        text = self.server.command("send", "--to", "bob", "--sk", "wrong", "x" * 100)
        self.assertNotEqual(text.returncode, 0)
        self.assertIn('"onLine":0', text.stdout)
        done = self.server.command("send", "--to", "bob", "--timeout", "1", "x", settings={"udp.port": 9})
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.stderr.strip())

    def test_no_command_shows_a_secret(self):
        shown = self.run_command("check-config")
        shown += self.server.command("send", "--to", "bob", "--sk", "wrong", "x").stderr
        self.assertNotIn(SECRET, shown)
        self.assertNotIn("integration-http-key", shown)
        self.assertTrue(re.search(r"^udp\.allow = ", shown, re.MULTILINE))

    def test_first_steps_without_demo_users(self):
        self.assertNotIn("http", self.run_command("first-steps"))
