// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

const every = 30_000;
const limit = 100;

/** Asks now and then who of those on the screen is online, while somebody looks. */
export class Presence {
  #queries;
  #people;
  #changed;
  #isOpen = false;
  #isAllowed = true;
  #timer = 0;

  constructor(queries, people, changed) {
    this.#queries = queries;
    this.#people = people;
    this.#changed = changed;
  }

  begin() {
    this.#isOpen = this.#isAllowed = true;
    this.ask();
  }

  end() {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    for (const conversation of this.#people) conversation.presence = 'unknown';
  }

  /** Asks soon, for all of them at once. */
  ask() {
    this.#askIn(100);
  }

  #askIn(milliseconds) {
    clearTimeout(this.#timer);
    if (this.#isOpen && this.#isAllowed) this.#timer = setTimeout(() => this.#now(), milliseconds);
  }

  async #now() {
    this.#askIn(every);
    const peers = [...this.#people].map(({ peer }) => peer).filter((peer) => peer !== '0').slice(-limit);
    if (document.hidden || peers.length === 0) return;
    try {
      const { data } = await this.#queries.ask({ type: 'online', uid: peers });
      for (const conversation of this.#people) {
        const answer = Object.hasOwn(data, conversation.peer) ? data[conversation.peer] : undefined;
        if (answer !== undefined) conversation.presence = answer === 1 ? 'online' : 'offline';
      }
      this.#changed();
    } catch (error) {
      if (error.code === 403) this.#isAllowed = false;
    }
  }
}
