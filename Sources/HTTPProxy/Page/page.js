// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Where the page begins: it takes the access token out of the link, and starts the chat. The token lives in this tab
// only, in memory and session storage.

import { Channels } from './channels.js';
import { ChannelsView } from './channelsview.js';
import { Chat } from './chat.js';
import { session } from './session.js';
import { Tabs } from './tabs.js';
import { View } from './view.js';

/** Reads `access_token` and `to` out of a link or its fragment. "+" stands for itself: it is of the base64 alphabet. */
function parametersOf(text) {
  const found = {};
  for (const pair of text.split(/[?#&]/)) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    try {
      found[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1));
    } catch {
      found[pair.slice(0, at)] = pair.slice(at + 1);
    }
  }
  return found;
}

const base = new URL('.', location.href);
base.hash = base.search = '';

function socketURL() {
  const url = new URL(base);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

const view = new View();
const channelsView = new ChannelsView();
const channels = new Channels(base.href, socketURL(), channelsView);
const tabs = new Tabs((name) => {
  if (name === 'channels') channels.show();
});
const chat = new Chat(socketURL(), view, {
  signedIn: (token, uid) => channels.signedIn(token, uid),
  signedOut: () => {
    channels.signedOut();
    tabs.show('chat');
  },
});

function takeFragment() {
  const { access_token: token, to } = parametersOf(location.hash);
  if (!token) return false;
  history.replaceState(null, '', location.pathname + location.search);
  chat.connect(token, to);
  return true;
}

view.begin({
  connect: (text) => {
    const { access_token: token, to } = parametersOf(text);
    chat.connect(token ?? text.trim(), to);
  },
  leave: () => chat.leave(),
  banner: () => chat.bannerPressed(),
  open: (peer) => chat.open(peer),
  send: (text) => chat.send(text),
  typing: () => chat.typing(),
  retry: (message) => chat.retry(message),
  older: () => chat.older(),
  looked: () => chat.looked(),
});

channelsView.begin({
  banner: () => channels.bannerPressed(),
  subscribe: (name) => channels.subscribe(name),
  unsubscribe: (name) => channels.unsubscribe(name),
  choose: (name) => channels.choose(name),
  trigger: (event, text) => channels.trigger(event, text),
});
tabs.restore();

addEventListener('hashchange', takeFragment);
function wake() {
  chat.wake();
  channels.wake();
}

addEventListener('online', wake);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) wake();
});

if (!takeFragment()) {
  const token = session.get('token');
  if (token) chat.resume(token);
  else view.showSignIn();
}
