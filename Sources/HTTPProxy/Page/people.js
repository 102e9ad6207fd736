// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { Conversation } from './conversation.js';
import { session } from './session.js';

const limit = 200;

/** The conversations of this tab by peer, the one that is shown, and which of them outlive a reload. */
export class People {
  current = null;
  #uid = null;
  #conversations = new Map();

  /** The conversation with a peer; a new one where there was none. */
  at(peer) {
    const known = this.#conversations.get(peer);
    if (known) return known;
    const conversation = new Conversation(peer);
    this.#makeRoom();
    this.#conversations.set(peer, conversation);
    this.keep();
    return conversation;
  }

  get(peer) {
    return this.#conversations.get(peer);
  }

  [Symbol.iterator]() {
    return this.#conversations.values();
  }

  get unread() {
    return [...this].reduce((sum, conversation) => sum + conversation.unread, 0);
  }

  /** Those whom the user wrote with before the page was loaded again. */
  restore(uid) {
    if (uid === this.#uid) return;
    this.#uid = uid;
    const kept = session.get('people');
    if (kept?.uid === uid && Array.isArray(kept.peers)) {
      kept.peers.slice(0, limit).forEach(({ peer, mark }) => this.at(String(peer)).readByPeer(String(mark)));
    }
    this.keep();
  }

  keep() {
    if (this.#uid === null) return;
    const peers = [...this].map(({ peer, mark }) => ({ peer, mark }));
    session.set('people', { uid: this.#uid, peers });
  }

  clear() {
    for (const { typingTimer } of this) clearTimeout(typingTimer);
    this.current = this.#uid = null;
    this.#conversations.clear();
  }

  /** The one that was there first goes, but not the one that is shown, nor one with messages to be sent. */
  #makeRoom() {
    if (this.#conversations.size < limit) return;
    const isIdle = (one) => one !== this.current && !one.entries.some((entry) => entry.state === 'pending');
    const idle = [...this].find(isIdle);
    if (idle) this.#conversations.delete(idle.peer);
  }
}
