# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, and its windows as the page's tests see them."""

import shutil

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

DEADLINE = 15

# Runs before the page's own scripts. The page talks to the real server, but a test can see what it sent, hold its
# messages back, unplug it, run the heartbeat early, and play a frame or a close code that a healthy server has no reason
# to send.
WIRE = """
(() => {
  const sockets = [];
  const wire = window.wire = { sent: [], received: [], holding: false, dialled: () => sockets.length };
  const nowhere = 'ws://127.0.0.1:9/';
  window.WebSocket = class extends WebSocket {
    constructor(url) {
      super(wire.unplugged ? nowhere : url);
      sockets.push(this);
      this.addEventListener('message', (event) => wire.received.push(JSON.parse(event.data)));
    }
    send(data) {
      const frame = JSON.parse(data);
      wire.sent.push(frame);
      if (!(wire.holding && frame.type === 'chat')) super.send(data);
    }
  };
  wire.play = (frame) =>
    sockets.at(-1).dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
  wire.unplug = () => { wire.unplugged = true; sockets.at(-1).close(); };
  wire.plug = () => { wire.unplugged = false; dispatchEvent(new Event('online')); };
  wire.close = (code) => sockets.at(-1).dispatchEvent(new CloseEvent('close', { code }));
  const setInterval = window.setInterval;
  window.setInterval = (action, milliseconds) => {
    if (milliseconds > 1000) Object.assign(wire, { beat: action, beatEvery: milliseconds });
    return setInterval(action, milliseconds);
  };
})();
"""


def headless_chromium():
    options = Options()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Tab:
    """One window of the browser; every call switches to it first."""

    def __init__(self, browser, url):
        self.browser = browser
        browser.switch_to.new_window("window")
        self.handle = browser.current_window_handle
        self.command("Page.addScriptToEvaluateOnNewDocument", source=WIRE)
        self.focused(True)
        browser.get(url)

    def focused(self, is_focused):
        """Whether the page takes itself to have the focus: only one window could, and a test has more."""
        self.command("Emulation.setFocusEmulationEnabled", enabled=is_focused)

    def use(self):
        self.browser.switch_to.window(self.handle)
        return self.browser

    def close(self):
        self.use().close()

    def command(self, name, **parameters):
        return self.use().execute_cdp_cmd(name, parameters)

    def script(self, source, *arguments):
        return self.use().execute_script(source, *arguments)

    def all(self, selector):
        return self.use().find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        """The element, once it is there and visible."""
        return self.until(
            lambda: next((found for found in self.all(selector) if found.is_displayed()), None), f"{selector} is shown"
        )

    def until(self, condition, what):
        self.use()
        return WebDriverWait(self.browser, DEADLINE, poll_frequency=0.05).until(lambda _: condition(), what)

    def until_text(self, selector, text):
        """Waits until the element's text content, not what the layout makes of it, is `text`."""
        source = "return document.querySelector(arguments[0])?.textContent"
        self.until(lambda: self.script(source, selector) == text, f"{selector} says {text!r}")

    def until_state(self, selector, state):
        self.until(lambda: self.all(f"{selector}[data-state='{state}']"), f"{selector} is {state}")

    def until_online(self):
        self.until_state("#state", "online")
        return self

    def type(self, text):
        """As an input method would: WebDriver's own keys know no character above U+FFFF."""
        field = self.one("#message")
        self.until(field.is_enabled, "the composer is enabled")
        field.click()
        self.command("Input.insertText", text=text)

    def send(self, text):
        """Types the text, sends it with Enter and returns its client_id."""
        before = len(self.all("#log li.mine"))
        self.type(text)
        self.one("#message").send_keys(Keys.ENTER)
        self.until(lambda: len(self.all("#log li.mine")) == before + 1, "the message is in the log")
        return self.all("#log li.mine")[-1].get_attribute("data-client-id")

    def own(self, client_id):
        return f"#log li[data-client-id='{client_id}']"

    def texts(self, kind="theirs .text"):
        return self.script(
            "return [...document.querySelectorAll(arguments[0])].map((text) => text.textContent)", f"#log .{kind}"
        )

    def received(self, text):
        self.until(lambda: text in self.texts(), f"{text!r} arrives")

    def open_person(self, peer):
        self.one(f"#people [data-peer='{peer}'] button").click()
        self.until_text("#peer", peer)

    def until_unread(self, peer, count):
        """Waits until the badge beside a person shows the count; none for 0."""
        source = """
            const badge = document.querySelector(`#people [data-peer='${arguments[0]}'] .unread`);
            return badge && (badge.hidden ? 0 : Number(badge.querySelector('.count').textContent));
        """
        self.until(lambda: self.script(source, peer) == count, f"{count} of {peer} are unread")

    def all_texts(self):
        """What both have written, in the order it is shown."""
        return self.texts("mine .text, #log .theirs .text")

    def sent_frames(self, kind):
        return [frame for frame in self.script("return wire.sent") if frame.get("type") == kind]
