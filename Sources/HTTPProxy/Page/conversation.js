// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

const limit = 500;
// While somebody reads further up, what they read is not taken away below this.
const readingLimit = 5000;
// Behind every id: what has none yet.
const pendingPlace = '~';
const idForm = /^\d{19}$/;
const progress = ['pending', 'failed', undefined, 'lost', 'stored', 'delivered'];

/** The entry for a message object, live, replayed or of a history, as the user `uid` sees it. */
export function messageOf(frame, uid, { isHistory = false } = {}) {
  const sender = String(frame.uid);
  const mine = sender === uid;
  const peer = mine ? String(frame.to_uid ?? sender) : sender;
  const time = Number.isFinite(frame.time) ? frame.time * 1000 : Date.now();
  return {
    kind: 'message', mine, time, peer,
    isIncoming: !mine || peer === uid,
    id: idForm.test(frame.id) ? frame.id : undefined,
    content: frame.content,
    // What another terminal of the user sends says nothing about its delivery.
    state: !mine || !isHistory ? undefined : frame.state === 0 ? 'stored' : 'delivered',
  };
}

/**
 * What is held of the messages with one peer, in the order of their ids, each once. Everything above `floor` is held;
 * where `hasMore`, the archive has what lies below.
 *
 * An entry is `{kind: 'message', mine, isIncoming, id, clientId, peer, content, time, state, isRead,
 * error}`, `state` one of pending, delivered, stored, lost, failed (own messages only), or
 * `{kind: 'notice', text, time}`.
 */
export class Conversation {
  entries = [];
  unread = 0;
  presence = 'unknown';
  typingTimer = 0;
  /** Who shows the conversation: `change(body)`, `inserted(entry, next)`, `changed(entry)`, `removed(entry)`. */
  observer = null;
  /** Whether the newest page has to be asked for. */
  isStale = true;
  isLoading = false;
  hasMore = false;
  floor = '';
  /** The highest id that was looked at, and the one that the server was told of. */
  readTo = '';
  toldTo = '';
  /** Up to where the peer has read. */
  mark = '';
  #seam = '';
  #byID = new Map();
  #byKey = new Map();

  constructor(peer) {
    this.peer = peer;
    // "0" is the sender of what the system itself pushes.
    this.name = peer === '0' ? 'System' : peer;
  }

  get newestID() {
    return this.entries.findLast((entry) => entry.id)?.id ?? '';
  }

  /** Adds an entry at its place; false where it is there already. What lies below the floor comes with its page. */
  add(entry) {
    return this.#change(() => {
      const isNew = this.#put(entry);
      if (isNew) this.#trim();
      return isNew;
    });
  }

  /** The server has taken an own message. */
  acknowledged(entry, id, state) {
    const known = this.#byID.get(id);
    // The other copy came first: by history, or as a note to oneself.
    if (known && known !== entry) this.#change(() => this.#remove(known));
    this.#settle(entry, id, state);
  }

  changed(entry) {
    this.#change(() => this.observer?.changed(entry));
  }

  /** The newest page of the archive; `messages` newest first, as entries. */
  takeNewest(messages, hasMore) {
    this.#change(() => {
      const oldest = messages.at(-1)?.id ?? '';
      const joins = this.#seam !== '' && oldest <= this.#seam;
      if (!hasMore || !joins) {
        this.entries.filter((entry) => hasMore && entry.place < oldest).forEach((entry) => this.#remove(entry));
        this.floor = hasMore ? oldest : '';
        this.hasMore = hasMore;
      }
      this.isStale = false;
      messages.toReversed().forEach((message) => this.#put(message));
    });
  }

  /** The page below the floor. */
  takeOlder(messages, hasMore) {
    this.#change(() => {
      this.hasMore = hasMore && messages.length > 0;
      this.floor = this.hasMore ? messages.at(-1).id : '';
      messages.forEach((message) => this.#put(message));
    });
  }

  /** The connection is lost: something may be missing above what is held. */
  lost() {
    this.#change(() => {
      if (!this.isStale) this.#seam = this.newestID;
      this.isStale = true;
      this.isLoading = false;
      this.readTo = '';
    });
  }

  /** The peer has read everything up to an id. */
  readByPeer(id) {
    if (!idForm.test(id) || id <= this.mark) return;
    this.mark = id;
    this.#change(() => {
      for (const entry of this.entries) {
        if (!entry.isRead && this.#isRead(entry)) {
          entry.isRead = true;
          this.observer?.changed(entry);
        }
      }
    });
  }

  /** How many messages for the user are held above an id. */
  countAbove(id) {
    return this.entries.filter((entry) => entry.isIncoming && entry.id > id).length;
  }

  #put(entry) {
    const key = this.#keyOf(entry);
    if (entry.id) {
      const known = this.#byID.get(entry.id) ?? this.#byKey.get(key);
      if (known) {
        this.#settle(known, entry.id, entry.state);
        return false;
      }
      if (this.hasMore && entry.id < this.floor) return false;
      this.#byID.set(entry.id, entry);
    }
    if (key) this.#byKey.set(key, entry);
    entry.isRead = this.#isRead(entry);
    this.#insert(entry);
    return true;
  }

  /** A message that is held is the one with this id. */
  #settle(entry, id, state) {
    this.#change(() => {
      this.#byID.set(id, entry);
      if (progress.indexOf(state) > progress.indexOf(entry.state)) entry.state = state;
      if (!entry.id) {
        entry.id = id;
        this.entries.splice(this.entries.indexOf(entry), 1);
        this.#insert(entry);
      }
      entry.isRead = this.#isRead(entry);
      this.observer?.changed(entry);
    });
  }

  #insert(entry) {
    entry.place = entry.id ?? (entry.clientId ? pendingPlace : this.newestID);
    let index = this.entries.length;
    while (index > 0 && this.entries[index - 1].place > entry.place) index -= 1;
    this.entries.splice(index, 0, entry);
    this.observer?.inserted(entry, this.entries[index + 1]);
  }

  #remove(entry) {
    this.entries.splice(this.entries.indexOf(entry), 1);
    for (const [map, name] of [[this.#byID, entry.id], [this.#byKey, this.#keyOf(entry)]]) {
      if (map.get(name) === entry) map.delete(name);
    }
    this.observer?.removed(entry);
  }

  #trim() {
    const most = this.observer && !this.observer.isFollowing ? readingLimit : limit;
    while (this.entries.length > most) {
      this.#remove(this.entries[0]);
      if (this.isStale) continue;
      this.floor = this.entries.find((entry) => entry.id)?.id ?? '';
      this.hasMore = this.floor !== '';
    }
  }

  /** What the page writes is named in its content too: a copy with another id, sent across a crash, is the same. */
  #keyOf({ mine, content }) {
    return typeof content?.key === 'string' ? `${mine}:${content.key}` : undefined;
  }

  #isRead(entry) {
    return Boolean(entry.mine && entry.id && entry.id <= this.mark);
  }

  #change(body) {
    return this.observer ? this.observer.change(body) : body();
  }
}
