// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Where the page begins: it takes the access token out of the link, and starts the chat. The token lives in this tab
// only, in memory and session storage.

import { Chat } from './chat.js';
import { session } from './session.js';
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

function socketURL() {
  const url = new URL('.', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = url.search = '';
  return url.href;
}

const view = new View();
const chat = new Chat(socketURL(), view);

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

addEventListener('hashchange', takeFragment);
addEventListener('online', () => chat.wake());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) chat.wake();
});

if (!takeFragment()) {
  const token = session.get('token');
  if (token) chat.resume(token);
  else view.showSignIn();
}
