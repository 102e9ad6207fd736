# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The page: who one is, messages that come and go, trouble, and looks."""

import json
import pathlib

from case import SCREENSHOTS, PageCase, chat_frame, page_of, token_of, unique
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

DIFFICULT_TEXT = "\"Hi\" 'bob' 👋🏽 👩‍👩‍👧 你好 <b>bold</b> <img src=x onerror=alert(1)> & \\ {\"a\":1}\nsecond line"


class PageTests(PageCase):
    # Who one is

    def test_login_shows_who_is_online_and_chooses_the_other_demo_user(self):
        alice, bob = self.open_both()
        for tab, uid, peer in ((alice, "alice", "bob"), (bob, "bob", "alice")):
            tab.until_text("#me-uid", uid)
            tab.until_text("#peer", peer)
            tab.until_text("#state", "Online")
            self.assertNotEqual(tab.one("#me-source").text, "")

    def test_the_token_leaves_the_address_bar_and_is_not_in_the_page(self):
        tab = self.open(self.alice).until_online()
        self.assertEqual(tab.use().current_url, page_of(self.alice))
        self.assertNotIn(token_of(self.alice), tab.use().page_source)
        self.assertEqual(tab.script("return wire.sent[0].type"), "login")

    def test_a_reload_keeps_the_session(self):
        tab = self.open(self.alice).until_online()
        tab.use().refresh()
        tab.until_online()
        tab.until_text("#me-uid", "alice")
        tab.until_text("#peer", "bob")

    def test_without_a_token_the_page_asks_for_one_and_takes_a_whole_link(self):
        tab = self.open(page_of(self.alice))
        self.assertIn("sh/websocket start", tab.one("#token-hint").text)
        tab.one("#token").send_keys(self.alice + Keys.ENTER)
        tab.until_online().until_text("#me-uid", "alice")

    def test_a_refused_token_is_named_and_forgotten(self):
        tab = self.open(page_of(self.alice) + "#access_token=bm8uc3VjaC5hcHA")
        self.assertIn("not accepted", tab.one("#sign-in-reason").text)
        self.assertEqual(tab.script("return sessionStorage.length"), 0)
        self.assertEqual(tab.script("return wire.dialled()"), 1)

    def test_a_link_pasted_over_the_page_signs_that_user_in(self):
        tab = self.open(self.alice).until_online()
        tab.use().get(self.bob)
        tab.until_text("#me-uid", "bob")
        tab.until_online().until_text("#peer", "alice")

    def test_a_second_login_replaces_the_first_which_stays_away_until_told(self):
        first = self.open(self.alice).until_online()
        second = self.open(self.alice).until_online()
        first.until_state("#state", "refused")
        self.assertIn("elsewhere", first.one("#banner").text)
        self.assertEqual(first.script("return wire.dialled()"), 1)
        first.one("#banner-action").click()
        first.until_online()
        second.until_state("#state", "refused")

    # Messages

    def test_a_message_arrives_exactly_and_is_delivered(self):
        alice, bob = self.open_both()
        text = unique(DIFFICULT_TEXT)
        client_id = alice.send(text)
        bob.received(text)
        alice.until_state(alice.own(client_id), "delivered")
        self.assertEqual(alice.texts("mine .text")[-1], text)
        item = bob.all("#log li.theirs")[-1]
        self.assertEqual(item.find_elements(By.CSS_SELECTOR, ".text *"), [], "no markup came of the text")
        self.assertRegex(item.get_attribute("data-id"), r"^\d{19}$")
        self.assertEqual(item.get_attribute("data-id"), alice.one(alice.own(client_id)).get_attribute("data-id"))
        alice.until_state("#peer-state", "online")

    def test_the_other_side_answers(self):
        alice, bob = self.open_both()
        question, answer = unique("Are you there?"), unique("Yes, I am.")
        alice.send(question)
        bob.received(question)
        client_id = bob.send(answer)
        alice.received(answer)
        bob.until_state(bob.own(client_id), "delivered")

    def test_typing_shows_until_the_message_comes(self):
        alice, bob = self.open_both()
        text = unique("I am thinking")
        bob.type(text)
        alice.until_text("#typing", "bob is typing…")
        bob.one("#send").click()
        alice.received(text)
        alice.until_text("#typing", "")

    def test_typing_is_told_once_in_a_while_not_with_each_key(self):
        tab = self.open(self.alice).until_online()
        tab.one("#message").send_keys("x")
        tab.until(lambda: tab.sent_frames("typing") == [{"type": "typing", "to_uid": "bob"}], "typing is told")
        tab.script("""
            const field = document.getElementById('message');
            wire.sent.length = 0;
            for (let key = 0; key < 50; key += 1) field.dispatchEvent(new Event('input'));
        """)
        self.assertLessEqual(len(tab.sent_frames("typing")), 1)

    def test_a_message_to_somebody_offline_is_stored(self):
        alice, bob = self.open_both()
        online = alice.send("while you are here")
        alice.until_state(alice.own(online), "delivered")
        bob.close()

        def stored():
            client_id = alice.send("while you are away")
            alice.until(
                lambda: not alice.all(alice.own(client_id) + "[data-state='pending']"), "the message is acknowledged"
            )
            return alice.all(alice.own(client_id) + "[data-state='stored']")

        # The server may hear of the closed window a moment later than the next message.
        alice.until(stored, "a message is stored for bob, who is offline")
        alice.until_state("#peer-state", "offline")
        self.assertIn("bob was offline", alice.all("#log li.mine")[-1].text)

    def test_other_content_is_shown_as_json_and_an_id_is_shown_once(self):
        tab = self.open(self.alice).until_online()
        first, again = ({"type": "image", "url": unique(name)} for name in ("first", "again"))
        for content in (first, again):
            tab.script("wire.play(arguments[0])", chat_frame("bob", content))
        tab.until(
            lambda: [json.loads(text) for text in tab.texts("theirs .text.raw")] == [first], "the first alone is shown"
        )

    def test_a_message_from_a_third_person_waits_in_a_conversation_of_its_own(self):
        tab = self.open(self.alice).until_online()
        tab.script("wire.play(arguments[0])", chat_frame("carol", {"type": "text", "value": "psst"}))
        tab.until_text("#people [data-peer='carol'] .count", "1")
        self.assertNotIn("psst", tab.texts())
        tab.one("#people [data-peer='carol'] button").click()
        tab.received("psst")
        tab.until_text("#peer", "carol")
        tab.until_unread("carol", 0)

    # Trouble

    def test_a_refused_message_is_retried_with_the_same_client_id(self):
        alice, bob = self.open_both()
        alice.script("wire.holding = true")
        text = unique("second time lucky")
        client_id = alice.send(text)
        alice.until_state(alice.own(client_id), "pending")
        error = {"type": "error", "code": 503, "message": "archive queue is full", "client_id": client_id}
        alice.script("wire.play(arguments[0])", error)
        alice.until_state(alice.own(client_id), "failed")
        self.assertIn("archive queue is full (503)", alice.one(alice.own(client_id)).text)
        alice.script("wire.holding = false")
        alice.one(alice.own(client_id) + " .retry").click()
        alice.until_state(alice.own(client_id), "delivered")
        bob.received(text)
        self.assertEqual([frame["client_id"] for frame in alice.sent_frames("chat")], [client_id] * 2)

    def test_a_restart_brings_the_page_back_with_what_was_not_acknowledged(self):
        alice, bob = self.open_both()
        alice.script("wire.holding = true")
        text = unique("across the restart")
        client_id = alice.send(text)
        alice.script("wire.holding = false; wire.close(4200)")
        alice.until_online()
        alice.until_state(alice.own(client_id), "delivered")
        bob.received(text)
        self.assertEqual([frame["client_id"] for frame in alice.sent_frames("chat")], [client_id] * 2)
        self.assertEqual(alice.script("return wire.dialled()"), 2)
        notices = [item.text for item in alice.all("#log li[data-kind='notice']")]
        self.assertEqual(len(notices), 2)
        self.assertIn("restarting", notices[0])
        self.assertIn("Connected again", notices[1])

    def test_an_overloaded_server_is_left_alone_for_a_while(self):
        tab = self.open(self.alice).until_online()
        tab.script("wire.close(4100)")
        tab.until_state("#state", "offline")
        self.assertRegex(tab.one("#banner").text, r"over capacity.*Trying again in \d+ s")
        self.assertEqual(tab.script("return wire.dialled()"), 1)
        tab.one("#banner-action").click()
        tab.until_online()

    def test_a_kick_is_told_and_obeyed(self):
        tab = self.open(self.alice).until_online()
        tab.script("wire.play({type: 'kick', code: 441, message: 'take a break', data: []}); wire.close(4010)")
        tab.until_state("#state", "refused")
        self.assertIn("take a break", tab.one("#banner").text)
        self.assertEqual(tab.script("return wire.dialled()"), 1)

    def test_close_codes_decide_when_to_come_back(self):
        tab = self.open(page_of(self.alice))
        source = """
            const [code, failures, random, done] = arguments;
            import('./connection.js').then((module) => done(module.retryDelay(code, failures, random)));
        """

        def delay(code, failures, random):
            return tab.use().execute_async_script(source, code, failures, random)

        for code in (4000, 4009, 4010, 4099):
            self.assertIsNone(delay(code, 0, 0.5), code)
        for code in (4200, 4201, 4299):
            self.assertLessEqual(delay(code, 0, 1), 1000, code)
        self.assertGreater(delay(4100, 0, 0), 1000)
        self.assertEqual(delay(1006, 3, 0), 0, "the jitter is full")
        for code in (1001, 1006, 4100, 4200):
            delays = [delay(code, failures, 1) for failures in range(1, 12)]
            self.assertEqual(delays, sorted(delays), f"{code} backs off")
            self.assertEqual(delays[-1], 30_000, f"{code} has a longest delay")
            self.assertLess(delay(code, 3, 0), delay(code, 3, 1), f"{code} spreads")

    def test_the_heart_beats(self):
        tab = self.open(self.alice).until_online()
        self.assertGreaterEqual(tab.script("return wire.beatEvery"), 5000)
        tab.script("wire.beat()")
        self.assertEqual(tab.sent_frames("ping"), [{"type": "ping"}])
        tab.until_state("#state", "online")

    # Looks

    def test_the_page_fits_a_phone_and_a_desktop(self):
        alice, bob = self.open_both()
        for sender, reader, text in (
            (alice, bob, "Lunch at one? 🍜"),
            (bob, alice, "Yes! Is the small place by the river open?"),
            (alice, bob, "It is. They close at three on Thursdays, so let us not be late this time."),
        ):
            sender.send(text)
            reader.received(text)
        for number, uid in enumerate(("carol", "dave", "a-uid-as-long-as-they-come-" + "x" * 37)):
            frame = chat_frame(uid, {"type": "text", "value": "Hello"}, str(1000000000000000002 + number))
            alice.script("wire.play(arguments[0])", frame)
        bob.type("On my way")
        alice.until_text("#typing", "bob is typing…")
        for name, width, height in (("narrow", 360, 740), ("wide", 1400, 900)):
            alice.command(
                "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=False
            )
            alice.until(lambda: alice.script("return innerWidth") == width, f"the window is {width} wide")
            self.assertLessEqual(alice.script("return document.documentElement.scrollWidth"), width)
            for selector in ("#state", "#composer", "#log"):
                box = alice.one(selector).rect
                self.assertLessEqual(box["x"] + box["width"], width, f"{selector} is within {width} px")
                self.assertLessEqual(box["y"] + box["height"], height, f"{selector} is within {height} px")
            for scheme in ("light", "dark"):
                features = [{"name": "prefers-color-scheme", "value": scheme}]
                alice.command("Emulation.setEmulatedMedia", features=features)
                if SCREENSHOTS:
                    pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
                    alice.use().save_screenshot(str(pathlib.Path(SCREENSHOTS, f"page-{name}-{scheme}.png")))
