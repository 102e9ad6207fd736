# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The page's channels: who is there, events that come and go, what is refused, and nothing twice."""

import json
import pathlib

from case import SCREENSHOTS, PageCase, unique
from selenium.webdriver.common.keys import Keys
from support.udp import Backend

LOBBY = "presence-room-lobby"
CHANNEL = "#subscriptions li[data-channel='{}']"


class ChannelsCase(PageCase):
    def open_channels(self, link):
        tab = self.open(link).until_online()
        tab.one("#channels-tab").click()
        tab.until_state("#channels-state", "online")
        return tab

    def open_both_channels(self):
        return self.open_channels(self.alice), self.open_channels(self.bob)

    def subscribe(self, tab, channel):
        tab.one("#channel-input").send_keys(channel + Keys.ENTER)
        tab.one(CHANNEL.format(channel) + "[data-state='subscribed']")

    def meet(self, channel):
        alice, bob = self.open_both_channels()
        for tab in (alice, bob):
            self.subscribe(tab, channel)
        for tab in (alice, bob):
            self.until_members(tab, {"alice", "bob"})
        return alice, bob

    def until_members(self, tab, names):
        tab.until(lambda: set(self.shown(tab, "#members .name")) == names, f"{names} are there")

    def shown(self, tab, selector):
        return tab.script(
            "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())"
            ".map((one) => one.textContent)",
            selector,
        )

    def until_shown(self, tab, selector, texts):
        tab.until(lambda: self.shown(tab, selector) == texts, f"{selector} shows {texts}")

    def trigger(self, tab, event, data):
        field = tab.one("#event-name")
        field.clear()
        field.send_keys(event)
        tab.one("#event-data").click()
        tab.command("Input.insertText", text=data)
        tab.one("#event-data").send_keys(Keys.ENTER)

    def publish(self, channel, event, data):
        """An event of a backend's."""
        with Backend(self.server) as backend:
            backend.send(backend.command("to_channel", {"channel": channel, "event": event, "data": data}))

    def frames(self, tab, event):
        return [frame for frame in tab.script("return wire.sent") if frame.get("event") == event]


class ChannelTests(ChannelsCase):
    def test_two_users_meet_in_the_lobby_and_a_leave_is_seen(self):
        alice, bob = self.open_both_channels()
        for tab in (alice, bob):
            tab.one("#join-lobby").click()
            tab.until_text("#channel-name", LOBBY)
        for tab, uid in ((alice, "alice"), (bob, "bob")):
            self.until_members(tab, {"alice", "bob"})
            tab.until_text(CHANNEL.format(LOBBY) + " .tally", "2")
            self.assertTrue(tab.one(f"#members [data-member='{uid}'] .self").is_displayed())
        self.until_shown(alice, "#events .text", ["bob joined."])
        bob.one("#unsubscribe").click()
        self.until_members(alice, {"alice"})
        self.until_shown(alice, "#events .text", ["bob joined.", "bob left."])
        bob.until_text("#channel-name", "All channels")
        self.assertEqual(bob.all(CHANNEL.format(LOBBY)), [])

    def test_a_closed_window_leaves(self):
        alice, bob = self.meet("presence-room-close")
        bob.close()
        self.until_members(alice, {"alice"})

    def test_an_event_of_a_client_arrives_as_it_was_typed(self):
        alice, bob = self.meet("presence-room-events")
        digits = '{"id":1000000000000000001,"text":"<b>hi</b>"}'
        self.trigger(alice, "greeting", digits)
        self.until_shown(bob, "#events .event", ["client-greeting"])
        self.until_shown(bob, "#events .from", ["from alice"])
        for tab in (alice, bob):
            self.until_shown(tab, "#events .data", ['{ "id": 1000000000000000001, "text": "<b>hi</b>" }'])
        self.trigger(alice, "client-plain", "just words")
        self.until_shown(bob, "#events .event", ["client-greeting", "client-plain"])
        self.assertEqual(self.shown(bob, "#events .data")[-1], "just words")

    def test_a_refused_channel_is_a_quiet_word(self):
        tab = self.open_channels(self.alice)
        for channel in ("private-user-bob", "presence-secret"):
            tab.one("#channel-input").send_keys(channel + Keys.ENTER)
            tab.one(CHANNEL.format(channel) + "[data-state='refused']")
            self.until_shown(tab, "#events .text", ["Refused: your login does not grant it."])
            tab.until_text("#channel-state", "Refused")
            self.assertFalse(tab.all("#trigger")[0].is_displayed())
        tab.one("#unsubscribe").click()
        self.assertEqual(tab.all(CHANNEL.format("presence-secret")), [])
        self.subscribe(tab, "private-user-alice")

    def test_an_error_of_the_server_is_a_quiet_word(self):
        tab = self.open_channels(self.alice)
        self.subscribe(tab, "private-room-errors")
        tab.script("wire.play({event: 'pusher:error', data: {code: 4301, message: 'too many client events'}})")
        self.until_shown(tab, "#events .text", ["The server refused that: too many client events"])
        tab.until_state("#channels-state", "online")

    def test_one_channel_is_shown_alone_and_all_of_them_together(self):
        tab = self.open_channels(self.alice)
        for channel in ("news", "weather"):
            self.subscribe(tab, channel)
            self.assertFalse(tab.all("#trigger")[0].is_displayed(), "no client sends to a public channel")
        self.publish("news", "headline", {"text": "one"})
        self.publish("weather", "rain", {"text": "two"})
        self.until_shown(tab, "#events .event", ["rain"])
        tab.one(CHANNEL.format("news") + " button").click()
        self.until_shown(tab, "#events .event", ["headline"])
        tab.one("#all-channels").click()
        tab.until(lambda: len(self.shown(tab, "#events .event")) == 2, "both are shown")
        self.assertEqual(set(self.shown(tab, "#events .channel")), {"news", "weather"})

    def test_the_log_keeps_the_newest(self):
        tab = self.open_channels(self.alice)
        self.subscribe(tab, "busy")
        tab.script("""
            for (let n = 0; n < 400; n += 1) wire.play({event: 'tick', channel: 'busy', data: String(n)});
        """)
        self.until_shown(tab, "#events .data", [str(n) for n in range(100, 400)])
        self.assertLess(tab.script("const e = events; return e.scrollHeight - e.scrollTop - e.clientHeight"), 2)

    def test_the_chat_goes_on_behind_the_channels_and_counts_what_is_unread(self):
        alice = self.open_channels(self.alice)
        bob = self.open(self.bob).until_online()
        before = alice.script("return Number(document.getElementById('chat-unread').textContent)")
        text = unique("are you there?")
        client_id = bob.send(text)
        alice.until_text("#chat-unread", str(before + 1))
        bob.until_state(bob.own(client_id), "delivered")
        alice.one("#chat-tab").click()
        alice.received(text)
        bob.one(bob.own(client_id) + "[data-read]")

    def test_leaving_forgets_the_channels(self):
        tab = self.open_channels(self.alice)
        self.subscribe(tab, "news")
        tab.one("#leave").click()
        tab.one("#sign-in")
        self.assertEqual(tab.script("return sessionStorage.length"), 0)
        self.assertEqual(tab.all(CHANNEL.format("news")), [])

    def test_ping_is_answered_and_sent(self):
        tab = self.open_channels(self.alice)
        tab.script("wire.play({event: 'pusher:ping', data: '{}'})")
        tab.until(lambda: self.frames(tab, "pusher:pong"), "the ping is answered")
        tab.script("dispatchEvent(new Event('online'))")
        tab.until(lambda: self.frames(tab, "pusher:ping"), "a device that is back asks for a sign of life")


class ChannelReconnectTests(ChannelsCase):
    def setUp(self):
        super().setUp()
        self.loses_connections = True

    def assert_console_is_clean(self):
        for handle in self.browser.window_handles:
            self.browser.switch_to.window(handle)
            lost = ("WebSocket connection to", "net::ERR_")
            noise = [entry["message"] for entry in self.browser.get_log("browser")]
            self.assertEqual([text for text in noise if not any(part in text for part in lost)], [])

    def test_a_restart_renews_the_subscriptions_and_shows_nothing_twice(self):
        alice, bob = self.meet("presence-room-restart")
        self.trigger(bob, "before", "1")
        self.until_shown(alice, "#events .event", ["client-before"])
        socket_id = alice.script("return document.getElementById('socket-id').textContent")
        self.server.kill()
        for tab in (alice, bob):
            tab.until_state("#channels-state", "offline")
        self.server.start()
        for tab in (alice, bob):
            tab.script("dispatchEvent(new Event('online'))")
            tab.until_state("#channels-state", "online")
        for tab in (alice, bob):
            self.until_members(tab, {"alice", "bob"})
        self.assertNotEqual(alice.script("return document.getElementById('socket-id').textContent"), socket_id)
        self.trigger(bob, "after", "2")
        self.until_shown(alice, "#events .event", ["client-before", "client-after"])
        notices = self.shown(alice, "#events .text")
        self.assertEqual([text for text in notices if "joined" in text or "left" in text], ["bob joined."])
        self.assertEqual(notices[-1], "Connected again.")

    def test_a_reload_renews_the_subscriptions(self):
        tab = self.open_channels(self.alice)
        self.subscribe(tab, "news")
        self.subscribe(tab, "private-room-7")
        tab.use().refresh()
        for channel in ("news", "private-room-7"):
            tab.one(CHANNEL.format(channel) + "[data-state='subscribed']")
        tab.until_text("#channel-name", "private-room-7")

    def test_what_a_cache_repeats_is_shown_once(self):
        tab = self.open_channels(self.alice)
        channel = "cache-news"
        self.subscribe(tab, channel)
        self.publish(channel, "headline", {"n": 1})
        self.until_shown(tab, "#events .event", ["headline"])
        for number in (1, 2):
            if number == 2:
                tab.script("wire.unplug()")
                tab.until_state("#channels-state", "offline")
                self.publish(channel, "headline", {"n": 2})
                tab.script("wire.plug()")
            else:
                tab.script("wire.close(4200)")
            tab.until(lambda: len(self.frames(tab, "pusher:subscribe")) == 1 + number, "it is renewed")
            tab.one(CHANNEL.format(channel) + "[data-state='subscribed']")
        self.until_shown(tab, "#events .data", ['{ "n": 1 }', '{ "n": 2 }'])

    def test_a_refused_connection_stays_away_until_told(self):
        tab = self.open_channels(self.alice)
        dialled = tab.script("return wire.dialled()")
        tab.script("wire.close(4009)")
        tab.until_state("#channels-state", "refused")
        self.assertIn("not accepted", tab.one("#channels-banner").text)
        self.assertEqual(tab.script("return wire.dialled()"), dialled)
        tab.one("#channels-banner button").click()
        tab.until_state("#channels-state", "online")


class ChannelLooksTests(ChannelsCase):
    def test_the_channels_fit_a_phone_and_a_desktop(self):
        alice, bob = self.open_both_channels()
        self.screenshot(alice, "empty")
        for tab in (alice, bob):
            self.subscribe(tab, LOBBY)
        self.until_members(alice, {"alice", "bob"})
        for channel in ("news", "private-room-with-a-name-that-is-rather-long-" + "x" * 40, "cache-weather"):
            self.subscribe(alice, channel)
        alice.one("#channel-input").send_keys("private-user-bob" + Keys.ENTER)
        alice.one(CHANNEL.format("private-user-bob") + "[data-state='refused']")
        self.publish("news", "headline", {"title": "Ferry resumes after the storm", "id": 7})
        alice.one(CHANNEL.format(LOBBY) + " button").click()
        self.trigger(bob, "message", "Hello everybody 👋")
        self.until_shown(alice, "#events .event", ["client-message"])
        move = {"piece": "knight", "from": "g1", "to": "f3", "clock": [298, 300], "n": 1}
        self.trigger(alice, "move", json.dumps(move))
        self.until_shown(bob, "#events .event", ["client-message", "client-move"])
        self.check(alice, "lobby")
        alice.one("#all-channels").click()
        self.check(alice, "all")
        alice.one(CHANNEL.format("private-user-bob") + " button").click()
        self.check(alice, "refused")
        alice.one(CHANNEL.format("news") + " button").click()
        alice.script("wire.unplug()")
        alice.until_state("#channels-state", "offline")
        self.loses_connections = True
        self.check(alice, "offline")

    def check(self, tab, what):
        for width, height in ((380, 740), (1400, 900)):
            self.resize(tab, width, height)
            self.assertLessEqual(tab.script("return document.documentElement.scrollWidth"), width)
            for selector in ("#channels-state", "#channel-name", "#events", "#channels"):
                box = tab.one(selector).rect
                self.assertLess(box["x"] + box["width"], width + 1, f"{selector} is within {width} px")
                self.assertLess(box["y"] + box["height"], height + 1, f"{selector} is within {height} px")
        self.screenshot(tab, what)

    def resize(self, tab, width, height):
        tab.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=False)
        tab.until(lambda: tab.script("return innerWidth") == width, f"the window is {width} wide")

    def screenshot(self, tab, what):
        if not SCREENSHOTS:
            return
        pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        for name, width, height in (("narrow", 380, 740), ("wide", 1400, 900)):
            self.resize(tab, width, height)
            for scheme in ("light", "dark"):
                features = [{"name": "prefers-color-scheme", "value": scheme}]
                tab.command("Emulation.setEmulatedMedia", features=features)
                tab.use().save_screenshot(str(pathlib.Path(SCREENSHOTS, f"channels-{what}-{name}-{scheme}.png")))
