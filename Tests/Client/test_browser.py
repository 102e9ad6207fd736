# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""push.js in a real browser: pages written as those of webman/push and webman-push-server, modules, and the chat."""

import pathlib
import sys
import unittest
import uuid

from pages import Site

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "Page"), str(TESTS / "Integration")]

from browser import Tab, headless_chromium  # noqa: E402
from support.apps import App, AppsFile  # noqa: E402
from support.pusher_api import PusherAPI  # noqa: E402
from support.server import PushServer  # noqa: E402

APP = App("3", "278d425bdf160c739803", "7ad3773142a6692b25b8", clientEvents=True)

# As the README of webman/push has it, with what came kept for the test.
WEBMAN_PUSH = """
<!doctype html><meta charset="utf-8">
<script src="/plugin/webman/push/push.js"> </script>
<script>
var heard = [];
var connection = new Push({
    url: '%(url)s', // websocket地址
    app_key: '%(key)s',
    auth: '/plugin/webman/push/auth' // 订阅鉴权(仅限于私有频道)
});
var uid = 1;
var user_channel = connection.subscribe('user-' + uid);
user_channel.on('message', function(data) {
    heard.push(data);
});
user_channel.on('friendApply', function (data) {
    heard.push(data);
});
var private_channel = connection.subscribe('private-user-' + uid);
private_channel.on('client-message', function (data) {
    heard.push(data);
});
</script>
"""

# As the README of webman-push-server has it, its method 2.
WEBMAN_PUSH_SERVER = """
<!doctype html><meta charset="utf-8">
<script src="/plugin/workbunny/webman-push-server/push.js"> </script>
<script>
var heard = [];
var channel_data = {
    user_id: location.search.slice(1),
    user_info: "{\\'name\\':\\'John\\',\\'sex\\':\\'man\\'}"
}
var connection = new Push({
    url: '%(url)s', // websocket地址
    app_key: '%(key)s',
    auth: '/subscribe/auth', // 该接口是样例接口，请根据源码自行实现业务
    channel_data: channel_data
});
var user_channel = connection.subscribe('presence-test');
user_channel.on('message', function(data) {
    heard.push(data);
});
user_channel.on('client-message', function (data) {
    heard.push(data);
});
</script>
"""

MODULE = """
<!doctype html><meta charset="utf-8">
<script type="module">
import Push, { Chat } from '/push.mjs';
Object.assign(window, { Push, Chat, loaded: true });
</script>
"""

STATE = "return connection.connection.state"
SUBSCRIBED = "return connection.allChannels().length > 0 && connection.allChannels().every((one) => one.subscribed)"
MEMBERS = "return user_channel.members.toArray().map((member) => member.id).sort()"


class BrowserTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = PushServer({"demo.users": "alice,bob"})
        cls.addClassCleanup(cls.server.remove)
        cls.server.settings["apps.file"] = AppsFile(cls.server.directory, [APP]).path
        cls.server.start()
        cls.api = PusherAPI(cls.server, APP)
        cls.site = Site(APP)
        cls.addClassCleanup(cls.site.close)
        where = {"url": f"ws://127.0.0.1:{cls.server.ws_port}", "key": APP.key}
        cls.url = where["url"]
        cls.site.pages = {"/wmp": WEBMAN_PUSH % where, "/wps": WEBMAN_PUSH_SERVER % where, "/module": MODULE}
        cls.browser = headless_chromium()
        cls.addClassCleanup(cls.browser.quit)
        cls.home = cls.browser.current_window_handle

    def setUp(self):
        self.loses_connections = False
        self.site.asked.clear()
        self.addCleanup(self.close_windows)

    def tearDown(self):
        for handle in self.browser.window_handles:
            self.browser.switch_to.window(handle)
            noise = [entry["message"] for entry in self.browser.get_log("browser")]
            if self.loses_connections:
                # The browser itself writes a line for each attempt that failed.
                noise = [message for message in noise if "WebSocket connection to" not in message]
            self.assertEqual(noise, [], "the console is clean")

    def close_windows(self):
        for handle in self.browser.window_handles:
            if handle != self.home:
                self.browser.switch_to.window(handle)
                self.browser.close()
        self.browser.switch_to.window(self.home)

    def open(self, path):
        return Tab(self.browser, self.site.url + path)

    def subscribed(self, path):
        tab = self.open(path)
        tab.until(lambda: tab.script(SUBSCRIBED), "the channels are subscribed")
        return tab

    def until_heard(self, tab, values):
        tab.until(lambda: tab.script("return heard") == values, f"{values} arrive")

    def until_members(self, tab, ids):
        tab.until(lambda: tab.script(MEMBERS) == ids, f"{ids} are there")

    def test_a_page_of_webman_push(self):
        first, second = self.subscribed("/wmp"), self.subscribed("/wmp")
        self.api.trigger("user-1", "message", '{"from_uid":2,"content":"你好，这个是消息内容"}')
        self.api.trigger("user-1", "friendApply", '{"from_uid":3}')
        first.script("private_channel.trigger('client-message', {form_uid: 2, content: 'hello'})")
        told = [{"from_uid": 2, "content": "你好，这个是消息内容"}, {"from_uid": 3}]
        self.until_heard(second, [*told, {"form_uid": 2, "content": "hello"}])
        self.until_heard(first, told)
        self.assertEqual({each["channel_name"] for each in self.site.asked}, {"private-user-1"})
        self.assertEqual({each["cookie"] for each in self.site.asked}, {"session=s1"}, "the endpoint knows the user")

    def test_a_page_of_webman_push_server(self):
        john, jane = self.subscribed("/wps?100"), self.subscribed("/wps?101")
        for tab in (john, jane):
            self.until_members(tab, ["100", "101"])
        self.assertEqual(john.script("return user_channel.members.me.id"), "100")
        jane.script("user_channel.trigger('client-message', {n: 1})")
        self.until_heard(john, [{"n": 1}])
        jane.script("connection.unsubscribe('presence-test'); connection.unsubscribeAll()")
        self.until_members(john, ["100"])
        jane.script("connection.disconnect()")
        self.assertEqual(jane.script(STATE), "disconnected")

    def test_who_closes_the_tab_is_gone(self):
        john, jane = self.subscribed("/wps?100"), self.subscribed("/wps?101")
        self.until_members(john, ["100", "101"])
        jane.close()
        self.until_members(john, ["100"])

    def test_a_module(self):
        tab = self.open("/module")
        tab.until(lambda: tab.script("return window.loaded"), "the module is loaded")
        tab.script(
            "window.connection = new Push({ url: arguments[0], app_key: arguments[1] }); connection.subscribe('a')",
            self.url, APP.key,
        )
        tab.until(lambda: tab.script(SUBSCRIBED), "the channel is subscribed")

    def test_the_network_comes_back(self):
        self.loses_connections = True
        tab = self.subscribed("/wmp")
        tab.script("connection.connection._failures = 6; wire.unplug()")
        tab.until(lambda: tab.script(STATE) == "disconnected", "the loss is seen")
        tab.script("wire.plug()")
        tab.until(lambda: tab.script(SUBSCRIBED), "the channels are subscribed again")
        self.api.trigger("user-1", "message", "1")
        self.until_heard(tab, [1])

    def test_a_page_in_front_again_asks_whether_the_server_is_there(self):
        tab = self.subscribed("/wmp")
        tab.script("document.dispatchEvent(new Event('visibilitychange'))")
        tab.until(lambda: {"event": "pusher:ping", "data": {}} in tab.script("return wire.sent"), "it pings")
        tab.until(
            lambda: "pusher:pong" in [frame["event"] for frame in tab.script("return wire.received")], "it is answered"
        )

    def test_a_killed_server_is_come_back_to(self):
        self.loses_connections = True
        john, jane = self.subscribed("/wps?100"), self.subscribed("/wps?101")
        self.until_members(john, ["100", "101"])
        self.server.kill()
        for tab in (john, jane):
            tab.until(lambda tab=tab: tab.script(STATE) != "connected", "the loss is seen")
        self.server.start()
        for tab in (john, jane):
            tab.until(lambda tab=tab: tab.script(SUBSCRIBED), "the channel is subscribed again")
            self.until_members(tab, ["100", "101"])

    def test_a_listener_that_throws_is_an_error_of_the_page(self):
        tab = self.subscribed("/wmp")
        # A script of the page's: errors of the driver's own are hidden from it.
        tab.script("document.head.append(Object.assign(document.createElement('script'), { text: arguments[0] }))", """
            window.errors = [];
            addEventListener('error', (event) => { errors.push(event.error.message); event.preventDefault(); });
            connection.on('message', () => { throw new Error('mine'); });
        """)
        self.api.trigger("user-1", "message", "1")
        self.until_heard(tab, [1])
        self.assertEqual(tab.script("return errors"), ["mine"])

    def test_the_chat(self):
        tokens = self.server.demo_tokens()
        tabs = {}
        for uid in ("alice", "bob"):
            tabs[uid] = tab = self.open("/module")
            tab.until(lambda tab=tab: tab.script("return window.loaded"), "the module is loaded")
            tab.script(
                """
                window.heard = [];
                window.chat = new Chat({ url: arguments[0], access_token: arguments[1] });
                chat.on('message', (message) => heard.push(message.content));
                """,
                self.url, tokens[uid],
            )
            tab.until(lambda tab=tab: tab.script("return chat.connection.state") == "connected", "the login is done")
        alice, bob = tabs["alice"], tabs["bob"]
        text = uuid.uuid4().hex
        sent = alice.script("return chat.send('bob', arguments[0])", text)
        self.assertEqual({**sent, "id": None, "client_id": None},
                         {"id": None, "client_id": None, "onLine": True, "stored": True})
        self.until_heard(bob, [text])
        page = bob.script("return chat.history('alice', { limit: 1 })")
        self.assertEqual([message["content"] for message in page["messages"]], [text])
        self.assertEqual(bob.script("return chat.unread()")["alice"], 1)
        bob.script("return chat.read('alice', arguments[0])", sent["id"])
        self.assertEqual(bob.script("return chat.unread()"), {})
        self.assertEqual(alice.script("return chat.online(['bob', 'carol'])"), {"bob": 1, "carol": 0})


if __name__ == "__main__":
    unittest.main()
