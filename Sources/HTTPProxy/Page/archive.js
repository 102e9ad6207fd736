// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from './conversation.js';

const pageLimit = 50;
const recountDelay = 2000;
const readDelay = 250;
const retryDelay = 5000;

/** What the page asks of the archive: earlier messages, how many are unread, and how far they were read. */
export class Archive {
  #queries;
  #people;
  #observer;
  #uid = null;
  // False where the server keeps nothing.
  #isKept = true;
  #isAway = false;
  #isCounting = false;
  #lastArrival = 0;
  #recount = 0;
  #report = 0;
  #retry = 0;

  /** `observer`: `counted()`, `awayChanged(isAway)`, `newestSeen()` -> the id of what is looked at, or undefined. */
  constructor(queries, people, observer) {
    this.#queries = queries;
    this.#people = people;
    this.#observer = observer;
  }

  /** A session of the user is open. */
  begin(uid) {
    this.#uid = uid;
    this.#isKept = true;
    this.#count();
    this.open(this.#people.current);
  }

  /** The session is over. */
  end() {
    this.#uid = null;
    this.#isAway = false;
    [this.#recount, this.#report, this.#retry].forEach(clearTimeout);
    this.#recount = this.#report = this.#retry = 0;
    for (const conversation of this.#people) conversation.lost();
    this.#observer.awayChanged(false);
  }

  /** A conversation is shown: brings its newest page where that may be missing. */
  open(conversation) {
    if (!conversation?.isStale) return this.look();
    this.#load(conversation, {}, (messages, hasMore) => conversation.takeNewest(messages, hasMore));
  }

  /** Brings the page before what is held. */
  older(conversation) {
    if (!conversation?.hasMore || conversation.isStale) return;
    const before = conversation.floor;
    this.#load(conversation, { before }, (messages, hasMore) => conversation.takeOlder(messages, hasMore));
  }

  /** A message for the user came that was not there. One without an id is nowhere kept, and cannot be read. */
  arrived(conversation, { id }, isReplayed) {
    if (!id) return;
    this.#lastArrival = performance.now();
    // What was replayed may be in the last count or not; the server knows.
    if (isReplayed || this.#isCounting) this.#recountIn(recountDelay);
    if (!isReplayed) conversation.unread += 1;
  }

  /** A user has read: the peer what one wrote, or oneself at another terminal, which does not say of whom. */
  readArrived(uid, id) {
    if (uid === this.#uid) return this.#recountIn(readDelay);
    this.#people.get(uid)?.readByPeer(id);
    this.#people.keep();
  }

  /** Tells the server what is looked at now. */
  look() {
    const conversation = this.#people.current;
    const id = this.#uid === null || !conversation ? undefined : this.#observer.newestSeen();
    if (!id || id <= conversation.readTo) return;
    conversation.readTo = id;
    this.#setUnread(conversation, conversation.unread);
    this.#observer.counted();
    if (this.#isKept && !this.#report) this.#report = setTimeout(() => this.#tell(), readDelay);
  }

  /** The server cannot read its archive, and says so. */
  isAway() {
    this.#setAway(true);
  }

  #tell() {
    this.#report = 0;
    for (const conversation of this.#people) {
      const { peer, readTo, toldTo } = conversation;
      if (readTo <= toldTo) continue;
      conversation.toldTo = readTo;
      this.#ask({ type: 'read', uid: peer, id: readTo }, () => {}, () => {
        conversation.toldTo = conversation.readTo = '';
      });
    }
  }

  #load(conversation, query, take) {
    if (conversation.isLoading || this.#uid === null || !this.#isKept) return;
    const uid = this.#uid;
    this.#setLoading(conversation, true);
    this.#ask({ type: 'history', with: conversation.peer, limit: pageLimit, ...query }, ({ messages, more }) => {
      conversation.isLoading = false;
      take(messages.map((message) => messageOf(message, uid, { isHistory: true })), more === true);
    }, () => this.#setLoading(conversation, false));
  }

  #setLoading(conversation, isLoading) {
    conversation.isLoading = isLoading;
    conversation.observer?.change(() => {});
  }

  #count() {
    if (this.#uid === null || !this.#isKept || this.#isCounting) return;
    this.#isCounting = true;
    const asked = performance.now();
    this.#ask({ type: 'unread' }, ({ data }) => {
      this.#isCounting = false;
      for (const peer of Object.keys(data)) this.#people.at(peer);
      for (const conversation of this.#people) this.#setUnread(conversation, Number(data[conversation.peer]) || 0);
      // What came live about then may have been kept after the question was answered.
      if (this.#lastArrival > asked - recountDelay) this.#recountIn(recountDelay);
      this.look();
      this.#observer.counted();
    }, () => { this.#isCounting = false; });
  }

  #recountIn(milliseconds) {
    if (this.#recount) return;
    this.#recount = setTimeout(() => {
      this.#recount = 0;
      this.#count();
    }, milliseconds);
  }

  /** Of what was read here the server may not know yet. */
  #setUnread(conversation, count) {
    const { readTo } = conversation;
    conversation.unread = readTo ? Math.min(count, conversation.countAbove(readTo)) : count;
  }

  async #ask(frame, answered, failed) {
    let answer;
    try {
      answer = await this.#queries.ask(frame);
    } catch (error) {
      failed();
      if (error.code === 501) this.#isKept = false;
      if (error.code === 503) this.#setAway(true);
      return;
    }
    // A question may be answered in the turn that ends the session.
    if (this.#uid === null) return failed();
    this.#setAway(false);
    answered(answer);
  }

  #setAway(isAway) {
    clearTimeout(this.#retry);
    this.#retry = isAway ? setTimeout(() => this.#tryAgain(), retryDelay) : 0;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#observer.awayChanged(isAway);
  }

  #tryAgain() {
    this.#count();
    this.open(this.#people.current);
  }
}
