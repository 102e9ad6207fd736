// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

const kinds = { 'private-encrypted-': 'encrypted', 'private-': 'private', 'presence-': 'presence' };

/** A channel of the page: whether it is subscribed to, who is there, and what of it was shown. */
export class Channel {
  /** 'waiting', 'subscribed' or 'refused'. */
  state = 'waiting';
  /** Subscribers, where the server counts them; nobody counts the members of presence. */
  subscribers = null;
  /** By user id: the name to show. */
  members = new Map();
  /** Members of before the connection was lost, who have not come back yet. */
  #missing = new Map();
  #wasSubscribed = false;
  #isCachedNext = false;
  #newest = '';

  constructor(name) {
    this.name = name;
    const prefix = Object.keys(kinds).find((one) => name.startsWith(one));
    this.kind = prefix ? kinds[prefix] : 'public';
    this.isCache = name.slice(prefix?.length ?? 0).startsWith('cache-');
  }

  get isPresence() {
    return this.kind === 'presence';
  }

  /** How many are there, as far as is known. */
  get count() {
    if (this.state !== 'subscribed') return null;
    return this.isPresence ? this.members.size : this.subscribers;
  }

  /** Whether a client may send events there. */
  get takesEvents() {
    return this.kind === 'private' || this.isPresence;
  }

  /** The connection was lost, or the channel is asked for again. */
  lost() {
    this.state = 'waiting';
    this.subscribers = null;
  }

  /** Returns the members who came meanwhile; those who left meanwhile may be on their way back. */
  subscribed({ presence } = {}) {
    const before = this.members;
    const isRenewed = this.#wasSubscribed;
    this.state = 'subscribed';
    this.#wasSubscribed = true;
    this.#isCachedNext = this.isCache && isRenewed;
    if (!this.isPresence) return [];
    this.members = new Map(Object.entries(presence?.hash ?? {}).map(([id, info]) => [id, nameOf(id, info)]));
    const known = new Map([...this.#missing, ...before]);
    this.#missing = new Map([...known].filter(([id]) => !this.members.has(id)));
    return isRenewed ? [...this.members].filter(([id]) => !known.has(id)).map(([, name]) => name) : [];
  }

  /** Returns the name of the member; undefined where it was here before, or only lost the connection. */
  memberAdded({ user_id: id, user_info: info }) {
    const isKnown = this.members.has(String(id)) || this.#missing.delete(String(id));
    this.members.set(String(id), nameOf(String(id), info));
    return isKnown ? undefined : this.members.get(String(id));
  }

  /** Returns the name of the member; undefined where it was not here. */
  memberRemoved({ user_id: id }) {
    const name = this.members.get(String(id));
    this.members.delete(String(id));
    return name;
  }

  /** Those who have not come back until now have left. Returns their names. */
  giveUpMissing() {
    const missing = [...this.#missing.values()];
    this.#missing.clear();
    return missing;
  }

  /** Whether an event is new: what a cache channel repeats to a subscription that is renewed may not be. */
  isNew(text) {
    const isRepeated = this.#isCachedNext && text === this.#newest;
    this.#isCachedNext = false;
    this.#newest = text;
    return !isRepeated;
  }

  /** The cache holds nothing. Returns whether that is news. */
  missed() {
    const isNews = !this.#isCachedNext;
    this.#isCachedNext = false;
    return isNews;
  }
}

function nameOf(id, info) {
  return typeof info?.name === 'string' && info.name ? info.name : id;
}
