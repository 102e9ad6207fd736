// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { $, fromTemplate } from './elements.js';

const limit = 300;
// As near to the end, in pixels, as counts for being there.
const nearEnd = 48;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** The newest events of all channels, of which those of one channel may be shown. */
export class EventLog {
  #log = $('events');
  #channel;
  #isFollowing = true;

  constructor() {
    this.#log.onscroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#log;
      if (clientHeight > 0) this.#isFollowing = scrollHeight - scrollTop - clientHeight < nearEnd;
    };
    new ResizeObserver(() => this.#follow()).observe(this.#log);
  }

  get isEmpty() {
    return !this.#log.querySelector('li:not([hidden])');
  }

  /** Shows what belongs to a channel, and to none; everything where `channel` is undefined. */
  filter(channel) {
    if (channel === this.#channel) return;
    this.#channel = channel;
    for (const item of this.#log.children) this.#hideOthers(item);
    this.#isFollowing = true;
    this.#follow();
  }

  /**
   * `entry`: `{kind: 'event', time, channel, event, data, from, mine}` or `{kind: 'notice', time, channel, text}`; a
   * notice of no channel belongs to all of them.
   */
  add(entry) {
    const item = entry.kind === 'event' ? this.#event(entry) : this.#notice(entry);
    if (entry.channel) item.dataset.channel = entry.channel;
    const time = item.querySelector('time');
    time.dateTime = new Date(entry.time).toISOString();
    time.textContent = clock.format(entry.time);
    this.#hideOthers(item);
    this.#log.append(item);
    if (this.#log.children.length > limit) this.#log.firstElementChild.remove();
    $('events-empty').hidden = !this.isEmpty;
    this.#follow();
  }

  clear() {
    this.#log.replaceChildren();
  }

  #event({ event, data, from = '', channel, mine = false }) {
    const item = fromTemplate('event-template');
    const texts = { event, data, channel, from: from && `from ${from}` };
    for (const [name, text] of Object.entries(texts)) item.querySelector(`.${name}`).textContent = text;
    item.classList.toggle('mine', mine);
    item.querySelector('.data').hidden = data === '';
    return item;
  }

  #notice({ text, channel = '' }) {
    const item = fromTemplate('event-notice-template');
    item.querySelector('.text').textContent = text;
    item.querySelector('.channel').textContent = channel;
    return item;
  }

  #hideOthers(item) {
    const { channel } = item.dataset;
    item.hidden = this.#channel !== undefined && channel !== undefined && channel !== this.#channel;
  }

  #follow() {
    if (this.#isFollowing) this.#log.scrollTop = this.#log.scrollHeight;
  }
}
