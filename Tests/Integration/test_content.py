# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Content stays byte for byte what the sender wrote, to the recipient and in the archive."""

from support.case import ServerCase, unique
from support.contents import CONTENTS


class Content(ServerCase):
    settings = {"limits.messagesPerSecond": 0, "log.level": "trace"}

    def exchange(self, content):
        """Sends a content and gives what the recipient got, and what the archive holds."""
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        uid = bob.uid
        alice.send(f'{{ "content" :{content}, "to_uid":"{uid}","client_id":"c"}}')
        frame, ack = bob.receive(), alice.receive()
        self.assert_has(ack, type="ack", code=200)
        row, = self.server.rows("to_uid = ?", uid)
        return frame.raw["content"], row["content"]

    def test_delivered_and_archived_as_written(self):
        for name, content in CONTENTS.items():
            with self.subTest(name):
                self.assertEqual(self.exchange(content), (content, content))

    def test_largest_content(self):
        content = '"' + "€" * ((64 * 1024 - 2) // 3) + '"'
        self.assertEqual(self.exchange(content), (content, content))

    def test_other_members_as_written(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        uid = bob.uid
        for name, value in CONTENTS.items():
            with self.subTest(name):
                member = f'"k\\u00e9y" :  {value}'
                alice.send(f'{{"to_uid":"{uid}",{member},"content":1}}')
                self.assertIn(member, bob.receive().text)

    def test_nothing_of_it_is_logged(self):
        self.exchange(CONTENTS["log lines"])
        self.exchange(CONTENTS["SQL"])
        for word in ("forged", "DROP TABLE"):
            self.assertNotIn(word, self.server.log)
