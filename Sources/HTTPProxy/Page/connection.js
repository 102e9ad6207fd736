// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// One login kept alive over as many WebSockets as it takes: dials, logs in with the first frame, beats, and comes
// back with exponential backoff as the close codes ask. It knows nothing of messages or of the page.

const loginTimeout = 10_000;
const pongTimeout = 10_000;
const defaultPing = 25_000;
const longestDelay = 30_000;
// A connection that held this long was a good one: the next failure starts the backoff anew.
const stableAfter = 10_000;

/**
 * Milliseconds until the next dial after a close with `code`, or null where the server asks not to come back:
 * exponential, with full jitter, so that those who were cut off together do not come back together.
 */
export function retryDelay(code, failures, random = Math.random()) {
  if (code >= 4000 && code < 4100) return null;
  // "Later" has a least wait; "now" is within the second, so that a restart is not met by every client at once.
  const least = code >= 4100 && code < 4200 ? 4000 : 0;
  const ceiling = Math.min((1000 + least) * 2 ** Math.min(failures, 10), longestDelay);
  return least + random * (ceiling - least);
}

/** What to say of a close with `code`. */
export function reasonOf(code, reason, wasOnline) {
  switch (code) {
    case 4009: return 'The access token was not accepted: it is unknown, expired or revoked.';
    case 4010: return 'This user signed in elsewhere, so this tab was signed out.';
    case 4100: return reason || 'The server is over capacity.';
    case 4200: return 'The server is restarting.';
    case 4201: return 'The connection showed no sign of life.';
  }
  if (code >= 4000 && reason) return reason;
  if (!navigator.onLine) return 'This device is offline.';
  return wasOnline ? 'The connection was lost.' : 'The server cannot be reached.';
}

/**
 * `stateChanged` is called with one of
 * `{name: 'connecting'}`, `{name: 'online', login}`, `{name: 'offline', code, reason, retryAt}`,
 * `{name: 'refused', code, reason}`; `frameArrived` with each frame of a session that is online.
 */
export class Connection {
  #url;
  #observer;
  #token = null;
  #device = null;
  #socket = null;
  #online = false;
  #onlineSince = 0;
  #failures = 0;
  #farewell = null;
  #deadline = 0;
  #heartbeat = 0;
  #retry = 0;

  constructor(url, observer) {
    this.#url = url;
    this.#observer = observer;
  }

  /** `device` is the device token of an earlier login of this tab, where there was one. */
  open(token, device = null) {
    this.#token = token;
    this.#device = device;
    this.#failures = 0;
    this.#dial();
  }

  /** Tries again with the token at hand, after a refusal. */
  reopen() {
    this.open(this.#token, this.#device);
  }

  /** Closes for good: nothing is reported, and nothing comes back until `open`. */
  close() {
    this.#token = null;
    this.#drop();
  }

  /** Dials at once where a retry is being waited for. */
  retryNow() {
    if (this.#retry) this.#dial();
  }

  /** The device is back: a retry does not wait, and a session that was open has to show that it still is. */
  wake() {
    if (this.#retry) this.#dial();
    else if (this.#online) this.#beat();
  }

  /** False where there is no session to send on. */
  send(frame) {
    if (!this.#online || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #dial() {
    this.#drop();
    this.#observer.stateChanged({ name: 'connecting' });
    const socket = new WebSocket(this.#address());
    socket.onopen = () => socket.send(JSON.stringify({ type: 'login', access_token: this.#token }));
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#ended(event.code, event.reason);
    this.#socket = socket;
    this.#expectWithin(loginTimeout);
  }

  /** Acknowledges what it has, sees what the user's other terminals send, and is the same device over reconnects. */
  #address() {
    const url = new URL(this.#url);
    url.search = new URLSearchParams({ ack: '1', echo: '1', ...(this.#device && { token: this.#device }) });
    return url.href;
  }

  #drop() {
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    this.#deadline = this.#retry = this.#heartbeat = 0;
    this.#online = false;
    this.#farewell = null;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #expectWithin(milliseconds) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#ended(4201, ''), milliseconds);
  }

  #received(data) {
    if (this.#online) clearTimeout(this.#deadline);
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame === null || typeof frame !== 'object' || frame.type === 'pong') return;
    if (frame.type === 'login' && frame.code === 200) return this.#loggedIn(frame.data ?? {});
    if (frame.type === 'login' || frame.type === 'kick') {
      this.#farewell = frame;
      return;
    }
    if (this.#online) this.#observer.frameArrived(frame);
  }

  #loggedIn(login) {
    if (typeof login.token === 'string') this.#device = login.token;
    if (!this.#online) {
      clearTimeout(this.#deadline);
      this.#online = true;
      this.#onlineSince = Date.now();
      const every = login.ping > 0 ? Math.min(Math.max(login.ping * 1000, 5000), 60_000) : defaultPing;
      this.#heartbeat = setInterval(() => this.#beat(), every);
    }
    this.#observer.stateChanged({ name: 'online', login });
  }

  #beat() {
    if (this.send({ type: 'ping' })) this.#expectWithin(pongTimeout);
  }

  #ended(code, closeReason) {
    const wasOnline = this.#online;
    const farewell = this.#farewell;
    if (wasOnline && Date.now() - this.#onlineSince >= stableAfter) this.#failures = 0;
    this.#drop();
    let reason = reasonOf(code, closeReason, wasOnline);
    if (farewell?.type === 'kick') reason = `The server ended this session: ${farewell.message || 'no reason given'}`;
    if (farewell?.code === 503) reason = 'The server cannot check logins right now.';
    const delay = retryDelay(code, this.#failures);
    if (delay === null) return this.#observer.stateChanged({ name: 'refused', code, reason });
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#dial(), delay);
    this.#observer.stateChanged({ name: 'offline', code, reason, retryAt: Date.now() + delay });
  }
}
