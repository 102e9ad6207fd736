# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What the page's tests share: one browser, and a server with the demo users."""

import os
import pathlib
import sys
import unittest
import urllib.parse
import uuid

from browser import Tab, headless_chromium

sys.path.append(str(pathlib.Path(__file__).parents[1] / "Integration"))

from support import http  # noqa: E402
from support.server import SERVER_KEY, PushServer  # noqa: E402

SCREENSHOTS = os.environ.get("PUSH_TEST_SCREENSHOTS", "")


def unique(text):
    """So that no message of an earlier test is taken for this one."""
    return f"{text} ({uuid.uuid4().hex[:8]})"


def chat_frame(uid, content, message_id="1000000000000000001"):
    frame = {"id": message_id, "uid": uid, "to_uid": "alice", "type": "chat", "time": 1599877568, "state": 1}
    return frame | {"content": content}


def token_of(link):
    return urllib.parse.parse_qs(link.split("#", 1)[1])["access_token"][0]


def page_of(link):
    return link.split("#", 1)[0]


class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = PushServer({"demo.users": "alice,bob"}).start()
        cls.addClassCleanup(cls.server.remove)
        links = cls.server.links()
        cls.alice, cls.bob = links["alice"], links["bob"]
        cls.browser = headless_chromium()
        cls.addClassCleanup(cls.browser.quit)
        cls.home = cls.browser.current_window_handle

    def setUp(self):
        # The browser itself writes a line for each attempt that failed.
        self.loses_connections = False
        self.addCleanup(self.close_windows)

    def tearDown(self):
        self.assert_console_is_clean()

    def close_windows(self):
        for handle in self.browser.window_handles:
            if handle != self.home:
                self.browser.switch_to.window(handle)
                self.browser.close()
        self.browser.switch_to.window(self.home)

    def open(self, url):
        return Tab(self.browser, url)

    def open_both(self):
        return self.open(self.alice).until_online(), self.open(self.bob).until_online()

    def assert_console_is_clean(self):
        for handle in self.browser.window_handles:
            self.browser.switch_to.window(handle)
            noise = [entry["message"] for entry in self.browser.get_log("browser")]
            if self.loses_connections:
                noise = [message for message in noise if "WebSocket connection to" not in message]
            self.assertEqual(noise, [], "the console is clean")

    # Users and messages without a page

    def link(self, uid, to, source="app"):
        """A link for a user, who need not have been there before."""
        token = self.server.issue(uid, source)
        return f"{page_of(self.alice)}#access_token={token}&to={to}"

    def pair(self):
        """Two users whom no other test knows."""
        mark = uuid.uuid4().hex[:6]
        return f"ann-{mark}", f"ben-{mark}"

    def post(self, sender, recipient, texts):
        """Messages by a backend, in this order; returns their ids."""
        ids = []
        for start in range(0, len(texts), 100):
            sends = [
                {"uid": sender, "to_uid": recipient, "content": {"type": "text", "value": text}, "ack": "stored"}
                for text in texts[start : start + 100]
            ]
            answer = http.post(self.server.ws_port, "/chat/index", sends, headers=http.bearer(SERVER_KEY), seconds=30)
            self.assertEqual(answer.status, 200, answer.text)
            ids += [sent["id"] for sent in answer.json["data"]]
        return ids
