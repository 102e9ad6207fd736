# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The page and the archive: what was said before, what was missed, what is read, and nothing twice."""

import os
import random
import uuid

from case import PageCase, chat_frame, unique
from selenium.webdriver.common.by import By


def numbered(text, count):
    return [f"{text} {number}" for number in range(1, count + 1)]


class ArchiveCase(PageCase):
    def open_pair(self):
        """Pages of two users who write to each other."""
        ann, ben = self.pair()
        return self.open(self.link(ann, ben)).until_online(), self.open(self.link(ben, ann)).until_online(), ann, ben

    def assert_each_once(self, tab):
        ids = tab.script("return [...document.querySelectorAll('#log [data-id]')].map((item) => item.dataset.id)")
        self.assertEqual(ids, sorted(set(ids)), "each message once, in the order of the ids")


class HistoryTests(ArchiveCase):
    def test_a_conversation_opens_with_its_newest_page_and_scrolls_back_to_its_beginning(self):
        ann, ben = self.pair()
        texts = numbered("line", 130)
        for start in range(0, 130, 10):
            self.post(*((ann, ben) if start % 20 else (ben, ann)), texts[start : start + 10])
        tab = self.open(self.link(ann, ben)).until_online()
        tab.until(lambda: tab.all_texts() == texts[80:], "the newest page is shown")
        self.assertLess(tab.script("const {scrollHeight: h, scrollTop: t, clientHeight: c} = log; return h - t - c"), 2)
        first = tab.all("#log [data-id]")[0]
        for shown in (texts[30:], texts):
            # As a wheel does, but not quite to the top, so that the place of what is read can be compared.
            place = "return arguments[0].getBoundingClientRect().top"
            before = tab.script(f"log.scrollTop = 120; {place}", first)
            tab.until(lambda: tab.all_texts() == shown, f"{len(shown)} messages are shown")
            tab.until(lambda: abs(tab.script(place, first) - before) < 1.5, "what is read stays in its place")
            first = tab.all("#log [data-id]")[0]
        self.assertFalse(tab.all("#older")[0].is_displayed())
        self.assert_each_once(tab)
        self.assertEqual(
            [frame.get("before") is None for frame in tab.sent_frames("history")], [True, False, False],
            "each page is asked for once",
        )

    def test_a_reload_shows_the_same_again(self):
        tab, other, ann, ben = self.open_pair()
        client_id = tab.send("before the reload")
        tab.until_state(tab.own(client_id), "delivered")
        other.send("and an answer")
        tab.received("and an answer")
        tab.use().refresh()
        tab.until_online()
        tab.until(lambda: tab.all_texts() == ["before the reload", "and an answer"], "both are there, once")
        tab.until_state("#log li.mine", "delivered")

    def test_a_live_message_does_not_move_what_somebody_reads_further_up(self):
        ann, ben = self.pair()
        self.post(ben, ann, numbered("line", 40))
        tab = self.open(self.link(ann, ben)).until_online()
        tab.received("line 40")
        tab.script("log.scrollTop = 300")
        place = tab.all("#log [data-id]")[10].rect["y"]
        self.post(ben, ann, ["a new one"])
        tab.received("a new one")
        tab.one("#jump")
        self.assertAlmostEqual(tab.all("#log [data-id]")[10].rect["y"], place, delta=1.5)
        tab.one("#jump").click()
        tab.until(lambda: not tab.all("#jump")[0].is_displayed(), "the end is shown")

    def test_a_copy_with_another_id_is_the_same_message(self):
        tab, _, ann, ben = self.open_pair()
        content = {"type": "text", "value": "sent again across a crash", "key": uuid.uuid4().hex}
        for message_id in ("1000000000000000001", "1000000000000000002"):
            tab.script("wire.play(arguments[0])", chat_frame(ben, content, message_id))
        tab.script("wire.play(arguments[0])", chat_frame(ben, {"type": "text", "value": "next"}, "1000000000000000003"))
        tab.until(lambda: tab.texts() == [content["value"], "next"], "it is shown once")

    def test_an_archive_that_is_away_is_a_quiet_word_until_it_is_back(self):
        tab, _, ann, ben = self.open_pair()
        tab.script("wire.play({type: 'history', code: 503})")
        tab.until(lambda: "cannot be read right now" in tab.one("#archive-note").text, "the page says so")
        tab.until_text("#archive-note", "")
        self.assertEqual(tab.all("#log li"), tab.all("#older-item"), "nothing of it is left in the log")


class ReadTests(ArchiveCase):
    def test_what_came_while_away_is_counted_until_it_is_read(self):
        ann, ben = self.pair()
        self.post(ann, ben, numbered("for later", 3))
        tab = self.open(self.link(ben, "somebody-else")).until_online()
        tab.until_unread(ann, 3)
        tab.until(lambda: tab.script("return document.title").startswith("(3) "), "the title counts them")
        self.assertEqual(tab.texts(), [])
        self.post(ann, ben, ["one more"])
        tab.until_unread(ann, 4)
        tab.open_person(ann)
        tab.until(lambda: tab.texts() == [*numbered("for later", 3), "one more"], "all of them are shown, once")
        tab.until_unread(ann, 0)
        tab.until(lambda: tab.sent_frames("read"), "the server is told")
        tab.use().refresh()
        tab.until_online()
        tab.until(lambda: any(frame["type"] == "unread" for frame in tab.script("return wire.received")), "it answers")
        tab.until_unread(ann, 0)

    def test_a_message_is_marked_at_the_senders_page_when_it_is_looked_at(self):
        sender, reader, ann, ben = self.open_pair()
        reader.focused(False)
        client_id = sender.send("do you see this?")
        reader.received("do you see this?")
        reader.until_unread(ann, 1)
        sender.until_state(sender.own(client_id), "delivered")
        self.assertEqual(reader.sent_frames("read"), [])
        reader.focused(True)
        sender.one(sender.own(client_id) + "[data-read]")
        sender.until_text(sender.own(client_id) + " .delivery", "Read")
        reader.until_unread(ann, 0)
        read = reader.sent_frames("read")[-1]
        self.assertEqual((read["uid"], read["id"]), (ann, sender.one(sender.own(client_id)).get_attribute("data-id")))
        sender.use().refresh()
        sender.until_online().one("#log li.mine[data-read]")

    def test_two_terminals_of_a_user_see_the_same(self):
        ann, ben = self.pair()
        phone = self.open(self.link(ben, ann, "app")).until_online()
        desk = self.open(self.link(ben, "somebody-else", "pc")).until_online()
        other = self.open(self.link(ann, ben)).until_online()
        phone.focused(False)
        other.send("to both of you")
        phone.received("to both of you")
        desk.until_unread(ann, 1)
        phone.until_unread(ann, 1)
        phone.focused(True)
        phone.until_unread(ann, 0)
        desk.until_unread(ann, 0)
        phone.send("from the phone")
        other.received("from the phone")
        desk.open_person(ann)
        desk.until(lambda: desk.all_texts() == ["to both of you", "from the phone"], "the desk shows both")
        phone.send("and once more")
        desk.until(lambda: desk.all_texts()[2:] == ["and once more"], "and what comes now")
        self.assertEqual(desk.all("#log .mine")[-1].find_element(By.CSS_SELECTOR, ".text").text, "and once more")
        for tab in (phone, desk, other):
            self.assert_each_once(tab)

    def test_who_is_online_has_a_mark(self):
        ann, ben = self.pair()
        tab = self.open(self.link(ann, ben)).until_online()
        tab.one(f"#people [data-peer='{ben}'][data-presence='offline']")
        self.open(self.link(ben, ann)).until_online()
        tab.script("dispatchEvent(new Event('online'))")
        tab.one(f"#people [data-peer='{ben}'][data-presence='online']")

    def test_acks_follow_what_is_shown_a_few_at_a_time(self):
        tab, _, ann, ben = self.open_pair()
        last = self.post(ben, ann, numbered("line", 60))[-1]
        tab.until(lambda: tab.sent_frames("ack")[-1:] == [{"type": "ack", "id": last}], "the last one is acknowledged")
        acks = [frame["id"] for frame in tab.sent_frames("ack")]
        self.assertEqual(acks, sorted(acks))
        self.assertLess(len(acks), 20)


class ReconnectTests(ArchiveCase):
    def setUp(self):
        super().setUp()
        self.loses_connections = True

    def test_a_server_that_was_killed_costs_nothing(self):
        tab, other, ann, ben = self.open_pair()
        before = tab.send("before")
        tab.until_state(tab.own(before), "delivered")
        other.received("before")
        tab.script("wire.unplug()")
        self.server.kill()
        for page in (tab, other):
            page.until_state("#state", "offline")
        away = tab.send("typed while away")
        tab.until_state(tab.own(away), "pending")
        self.server.start()
        self.post(ben, ann, ["missed"])
        other.script("dispatchEvent(new Event('online'))")
        other.until_online()
        tab.script("wire.plug()")
        tab.until_online()
        tab.received("missed")
        other.received("typed while away")
        tab.until_state(tab.own(away), "delivered")
        self.assertEqual(tab.all_texts(), ["before", "missed", "typed while away"])
        other.until(lambda: other.all_texts() == ["before", "missed", "typed while away"], "both pages show the same")
        for page in (tab, other):
            self.assert_each_once(page)
            page.use().refresh()
            page.until_online()
            page.until(lambda page=page: len(page.all_texts()) == 3, "the archive has each of them once")

    def test_a_random_schedule_of_outages_shows_everything_once(self):
        seed = int(os.environ.get("PUSH_TEST_SEED") or random.randrange(10**6))
        print(f"seed {seed} ... ", end="", flush=True)
        chance = random.Random(seed)
        *tabs, ann, ben = self.open_pair()
        texts = []
        for _ in range(60):
            tab = chance.choice(tabs)
            match chance.choices(("write", "unplug", "plug", "kill", "reload"), (60, 12, 14, 8, 6))[0]:
                case "write":
                    texts.append(f"line {len(texts)}")
                    tab.script("message.value = arguments[0]; composer.requestSubmit()", texts[-1])
                case "unplug":
                    tab.script("wire.unplug()")
                case "plug":
                    tab.script("wire.plug()")
                case "kill":
                    self.server.kill()
                    self.server.start()
                case "reload":
                    tab.use().refresh()
        for tab in tabs:
            tab.script("wire.plug()")
            tab.until_online()
        for tab in tabs:
            tab.until(lambda tab=tab: sorted(tab.all_texts()) == sorted(texts), f"each line once, with seed {seed}")
            tab.until(lambda tab=tab: not tab.all("#log [data-state='pending']"), "all are acknowledged")
            self.assert_each_once(tab)
        tabs[0].until(lambda: tabs[0].all_texts() == tabs[1].all_texts(), "both pages show the same order")

    def test_more_than_a_page_was_missed(self):
        tab, _, ann, ben = self.open_pair()
        texts = numbered("line", 150)
        self.post(ben, ann, texts[:5])
        tab.received(texts[4])
        tab.script("wire.unplug()")
        tab.until_state("#state", "offline")
        self.post(ben, ann, texts[5:])
        tab.script("wire.plug()")
        tab.until_online()
        tab.received(texts[-1])

        def is_whole():
            tab.script("log.scrollTop = 0")
            return tab.all_texts() == texts

        tab.until(is_whole, "all of them are shown, in order")
        self.assert_each_once(tab)

    def test_ten_thousand_missed_messages_do_not_hold_the_page_up(self):
        tab, _, ann, ben = self.open_pair()
        tab.script("wire.unplug()")
        tab.until_state("#state", "offline")
        texts = numbered("line", 10_000)
        last = self.post(ben, ann, texts)[-1]
        tab.script("wire.plug()")
        tab.received(texts[-1])
        tab.until(lambda: tab.sent_frames("ack")[-1:] == [{"type": "ack", "id": last}], "the last one is acknowledged")
        self.assertLess(len(tab.texts()), 1000, "the rest waits further up")
        tab.until_unread(ben, 0)
        self.assert_each_once(tab)

    def test_a_backlog_goes_out_in_order_and_nothing_of_it_is_refused(self):
        tab, other, ann, ben = self.open_pair()
        tab.script("wire.unplug()")
        tab.until_state("#state", "offline")
        texts = numbered("line", 60)
        tab.script("""
            for (const text of arguments[0]) {
              message.value = text;
              composer.requestSubmit();
            }
        """, texts)
        tab.script("wire.plug()")
        other.until(lambda: other.texts() == texts, "they arrive in order, each once")
        tab.until(lambda: len(tab.all("#log .mine[data-state='delivered']")) == 60, "all are acknowledged")
        self.assertEqual([f for f in tab.script("return wire.received") if f["type"] == "error"], [])

    def test_a_message_that_was_not_acknowledged_outlives_a_reload(self):
        tab, other, ann, ben = self.open_pair()
        tab.script("wire.holding = true")
        text = unique("typed in a dead spot")
        client_id = tab.send(text)
        tab.use().refresh()
        tab.until_online()
        tab.until_state(tab.own(client_id), "delivered")
        other.received(text)
        self.assertEqual(tab.all_texts(), [text])
        self.assertEqual(other.all_texts(), [text])

    def test_a_dead_connection_is_found_when_the_page_wakes(self):
        tab, _, ann, ben = self.open_pair()
        tab.script("wire.sent.length = 0; dispatchEvent(new Event('online'))")
        self.assertEqual(tab.sent_frames("ping"), [{"type": "ping"}])

    def test_a_reconnect_is_the_same_device(self):
        tab, _, ann, ben = self.open_pair()
        tab.script("wire.close(4201)")
        tab.until(lambda: tab.script("return wire.dialled()") == 2, "it dials again")
        tab.until_online()
        logins = [frame for frame in tab.script("return wire.received") if frame["type"] == "login"]
        self.assertEqual(len({login["data"]["token"] for login in logins}), 1)
        self.assertEqual(len(logins), 2)
