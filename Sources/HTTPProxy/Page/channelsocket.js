// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// One connection of the Pusher Channels protocol kept alive over as many WebSockets as it takes: asks for the app's
// key, dials with the access token in the path, beats, and comes back as the close codes ask. It knows nothing of
// channels.

import { reasonOf, retryDelay } from './connection.js';

const openTimeout = 10_000;
const pongTimeout = 10_000;
const longestSilence = 120_000;
// A connection that held this long was a good one: the next failure starts the backoff anew.
const stableAfter = 10_000;

/** The `data` of one of the protocol's own frames: JSON in a string, or an object as it is. */
export function dataOf(frame) {
  if (typeof frame.data !== 'string') return frame.data ?? {};
  try {
    return JSON.parse(frame.data) ?? {};
  } catch {
    return {};
  }
}

/**
 * `stateChanged` is called with one of
 * `{name: 'connecting'}`, `{name: 'online', socketId, app}`, `{name: 'offline', code, reason, retryAt}`,
 * `{name: 'refused', code, reason}`; `frameArrived(frame, text)` with each frame of a connection that is online.
 */
export class ChannelSocket {
  #httpURL;
  #socketURL;
  #observer;
  #token = '';
  #app = null;
  #asking = null;
  #socket = null;
  #online = false;
  #onlineSince = 0;
  #silence = longestSilence;
  #failures = 0;
  #deadline = 0;
  #retry = 0;

  constructor(httpURL, socketURL, observer) {
    this.#httpURL = httpURL;
    this.#socketURL = socketURL;
    this.#observer = observer;
  }

  open(token) {
    this.#token = token;
    this.#failures = 0;
    this.#app = null;
    this.#dial();
  }

  /** Closes for good: nothing is reported, and nothing comes back until `open`. */
  close() {
    this.#token = '';
    this.#drop();
  }

  /** Tries again now, after a refusal too. */
  reopen() {
    this.open(this.#token);
  }

  /** The device is back: a retry does not wait, and a connection that was open has to show that it still is. */
  wake() {
    if (this.#retry) this.#dial();
    else if (this.#online) this.#beat();
  }

  /** Sends the text of a frame. False where there is no connection to send on. */
  send(text) {
    if (!this.#online || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  async #dial() {
    this.#drop();
    this.#observer.stateChanged({ name: 'connecting' });
    const asking = this.#asking = new AbortController();
    this.#expectWithin(openTimeout);
    try {
      this.#app ??= await this.#describeApp(asking.signal);
    } catch ({ code = 1006, reason = '' }) {
      if (!asking.signal.aborted) this.#ended(code, reason);
      return;
    }
    if (asking.signal.aborted) return;
    const path = `t/${encodeURIComponent(this.#token)}/app/${encodeURIComponent(this.#app.key)}?protocol=7&client=page`;
    const socket = new WebSocket(new URL(path, this.#socketURL));
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#ended(event.code, event.reason);
    this.#socket = socket;
    this.#expectWithin(openTimeout);
  }

  /** The app whose users are the chat's. Rejects with the close code that would say the same. */
  async #describeApp(signal) {
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(new URL('pusher/app', this.#httpURL), { headers, signal })
      .catch(() => Promise.reject({ code: 1006 }));
    switch (response.status) {
      case 200: return response.json();
      case 401: case 403: throw { code: 4009 };
      case 404: throw { code: 4001, reason: 'This server has no channels for the users of the chat.' };
      default: throw { code: 4100, reason: 'The server cannot open channels right now.' };
    }
  }

  #drop() {
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    this.#deadline = this.#retry = 0;
    this.#asking?.abort();
    this.#online = false;
    if (!this.#socket) return;
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #expectWithin(milliseconds) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#ended(4201, ''), milliseconds);
  }

  #received(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof frame?.event !== 'string') return;
    if (frame.event === 'pusher:connection_established') this.#established(dataOf(frame));
    if (!this.#online) return;
    this.#listenOn();
    switch (frame.event) {
      case 'pusher:connection_established': case 'pusher:pong': return;
      case 'pusher:ping': return void this.send('{"event":"pusher:pong","data":{}}');
    }
    this.#observer.frameArrived(frame, text);
  }

  #established({ socket_id: socketId, activity_timeout: seconds }) {
    this.#online = true;
    this.#onlineSince = Date.now();
    if (seconds > 0) this.#silence = Math.min(Math.max(seconds * 1000, 5000), longestSilence);
    this.#observer.stateChanged({ name: 'online', socketId: String(socketId), app: this.#app });
  }

  /** Whatever comes is a sign of life; after a silence one is asked for. */
  #listenOn() {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#beat(), this.#silence);
  }

  #beat() {
    if (this.send('{"event":"pusher:ping","data":{}}')) this.#expectWithin(pongTimeout);
  }

  #ended(code, closeReason) {
    const wasOnline = this.#online;
    if (wasOnline && Date.now() - this.#onlineSince >= stableAfter) this.#failures = 0;
    this.#drop();
    const reason = reasonOf(code, closeReason, wasOnline);
    const delay = retryDelay(code, this.#failures);
    if (delay === null) return this.#observer.stateChanged({ name: 'refused', code, reason });
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#dial(), delay);
    this.#observer.stateChanged({ name: 'offline', code, reason, retryAt: Date.now() + delay });
  }
}
