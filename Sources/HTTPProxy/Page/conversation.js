// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

const maxEntries = 500;
const maxSeen = 2000;

/**
 * What was said with one peer in this tab: the newest entries, and the ids already seen.
 *
 * An entry is `{kind: 'message', mine, id, clientId, peer, content, time, state, error}`, `state` one of
 * pending, delivered, stored, lost, failed (own messages only), or `{kind: 'notice', text, time}`.
 */
export class Conversation {
  entries = [];
  unread = 0;
  presence = 'unknown';
  presenceTime = 0;
  typingTimer = 0;
  #seen = new Set();

  constructor(peer) {
    this.peer = peer;
    // "0" is the sender of what the system itself pushes.
    this.name = peer === '0' ? 'System' : peer;
  }

  /** Remembers a message id; false where it was there before. */
  note(id) {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > maxSeen) this.#seen.delete(this.#seen.values().next().value);
    return true;
  }

  /** Adds the entry and returns those that had to go for it. */
  add(entry) {
    this.entries.push(entry);
    return this.entries.splice(0, Math.max(0, this.entries.length - maxEntries));
  }

  /** Removes what `matches` and returns it. */
  remove(matches) {
    const gone = this.entries.filter(matches);
    this.entries = this.entries.filter((entry) => !gone.includes(entry));
    return gone;
  }

  /** `online` or `offline`, as of now. */
  setPresence(presence) {
    this.presence = presence;
    this.presenceTime = Date.now();
  }
}
