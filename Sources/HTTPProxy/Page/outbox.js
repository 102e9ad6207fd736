// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { session } from './session.js';

const limit = 200;
// A backlog stays below the server's 20 frames a second, so that nothing of it is refused and its order stays.
const spacing = 60;

/**
 * Own messages that the server has not answered yet, in the order they were written. They outlive a lost connection and
 * a reload, and go out again with the same client_id, which makes that harmless.
 */
export class Outbox {
  #send;
  #uid = null;
  #messages = new Map();
  #sent = new Set();
  #timer = 0;

  /** `send(frame)` returns false where there is no session. */
  constructor(send) {
    this.#send = send;
  }

  get isFull() {
    return this.#messages.size >= limit;
  }

  add(message) {
    this.#messages.set(message.clientId, message);
    this.#keep();
    if (!this.#timer) this.#next();
  }

  get(clientId) {
    return this.#messages.get(clientId);
  }

  /** The message was answered. */
  delete(clientId) {
    this.#messages.delete(clientId);
    this.#sent.delete(clientId);
    this.#keep();
  }

  /** The server takes the message later only. */
  postpone(clientId, milliseconds) {
    this.#sent.delete(clientId);
    this.#wait(Math.min(Math.max(milliseconds || 0, spacing), 10_000));
  }

  /** It is known whose messages these are. Returns those of before the page was loaded. */
  restore(uid) {
    if (uid === this.#uid) return [];
    this.#uid = uid;
    const kept = session.get('outbox');
    const found = kept?.uid === uid && Array.isArray(kept.messages) ? kept.messages.slice(0, limit) : [];
    found.forEach((message) => this.#messages.set(message.clientId, message));
    this.#keep();
    return found;
  }

  /** A session is open: everything goes out. */
  begin() {
    this.#sent.clear();
    this.#next();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#uid = null;
    this.#messages.clear();
    this.#sent.clear();
  }

  #next() {
    this.#timer = 0;
    for (const { peer, clientId, content } of this.#messages.values()) {
      if (this.#sent.has(clientId)) continue;
      if (!this.#send({ type: 'chat', to_uid: peer, client_id: clientId, content })) return;
      this.#sent.add(clientId);
      return this.#wait(spacing);
    }
  }

  #wait(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#next(), milliseconds);
  }

  #keep() {
    if (this.#uid === null) return;
    const messages = [...this.#messages.values()].map(({ kind, mine, peer, clientId, content, time }) => (
      { kind, mine, peer, clientId, content, time, state: 'pending' }
    ));
    session.set('outbox', { uid: this.#uid, messages });
  }
}
