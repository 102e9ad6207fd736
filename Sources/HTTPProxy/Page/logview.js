// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { $, fromTemplate, setTime } from './elements.js';

// As near to an edge, in pixels, as counts for being there.
const nearEnd = 48;
const nearTop = 200;
// As much of a message, in pixels, as has to be in view for it to be seen.
const seen = 40;

function isText(content) {
  return content?.type === 'text' && typeof content.value === 'string';
}

function deliveryOf(message) {
  if (message.isRead) return 'Read';
  switch (message.state) {
    case 'pending': return 'Sending…';
    case 'delivered': return 'Delivered';
    case 'stored': return `Stored, ${message.peer} was offline`;
    case 'lost': return `Not kept, ${message.peer} is offline`;
    case 'failed': return `Not sent: ${message.error}`;
    default: return '';
  }
}

/** The messages of one conversation: shows each change of it without moving what somebody reads. */
export class LogView {
  /** Whether the end is shown, and what comes is scrolled to. */
  isFollowing = true;
  #conversation = null;
  #items = new Map();
  #isChanging = false;
  #isLookDue = false;
  #log = $('log');
  #actions;

  /** `actions`: retry(message), older(), looked(). */
  constructor(actions) {
    this.#actions = actions;
    this.#log.onscroll = () => this.#scrolled();
    $('jump').onclick = () => this.#scrollToEnd();
    $('older').onclick = () => actions.older();
    new ResizeObserver(() => {
      if (this.isFollowing) this.#scrollToEnd();
      this.#looked();
    }).observe(this.#log);
    ['focus', 'blur'].forEach((name) => addEventListener(name, () => this.#looked()));
  }

  /** Shows a conversation from its end, or none. */
  show(conversation) {
    if (this.#conversation) this.#conversation.observer = null;
    this.#conversation = conversation;
    if (conversation) conversation.observer = this;
    this.#items.clear();
    const items = (conversation?.entries ?? []).map((entry) => this.#render(entry));
    this.#log.replaceChildren($('older-item'), ...items);
    this.isFollowing = true;
    this.change(() => {});
  }

  /** The highest id of a message for the user that somebody looks at; undefined where nobody does. */
  newestSeen() {
    if (document.hidden || !document.hasFocus()) return undefined;
    const end = this.#log.getBoundingClientRect().bottom;
    return this.#conversation?.entries.findLast((entry) => {
      if (!entry.id || !entry.isIncoming) return false;
      const { top, height } = this.#items.get(entry).getBoundingClientRect();
      return top + Math.min(height, seen) <= end;
    })?.id;
  }

  // MARK: What a conversation tells

  /** Carries out changes, and leaves what is on the screen where it is. */
  change(body) {
    if (this.#isChanging) return body();
    this.#isChanging = true;
    const anchor = this.isFollowing ? null : this.#firstInView();
    const result = body();
    this.#isChanging = false;
    this.#showEdges();
    if (this.isFollowing) this.#scrollToEnd();
    else if (anchor?.item.isConnected) this.#log.scrollTop += anchor.item.getBoundingClientRect().top - anchor.top;
    this.#looked();
    return result;
  }

  inserted(entry, next) {
    this.#log.insertBefore(this.#items.get(entry) ?? this.#render(entry), next ? this.#items.get(next) : null);
    if (entry.state === 'pending') this.isFollowing = true;
    if (!next && !this.isFollowing) $('jump').hidden = false;
  }

  changed(entry) {
    const item = this.#items.get(entry);
    if (item) this.#fill(item, entry);
  }

  removed(entry) {
    this.#items.get(entry)?.remove();
    this.#items.delete(entry);
  }

  // MARK: Elements

  #render(entry) {
    const item = fromTemplate(entry.kind === 'notice' ? 'notice-template' : 'message-template');
    setTime(item.querySelector('time'), entry.time);
    const text = item.querySelector('.text');
    if (entry.kind === 'notice') {
      text.textContent = entry.text;
    } else {
      text.textContent = isText(entry.content) ? entry.content.value : JSON.stringify(entry.content);
      text.classList.toggle('raw', !isText(entry.content));
      item.className = entry.mine ? 'mine' : 'theirs';
      item.querySelector('.retry').onclick = () => this.#actions.retry(entry);
      this.#fill(item, entry);
    }
    this.#items.set(entry, item);
    return item;
  }

  #fill(item, message) {
    if (message.id) item.dataset.id = message.id;
    if (message.clientId) item.dataset.clientId = message.clientId;
    if (message.state) item.dataset.state = message.state;
    item.toggleAttribute('data-read', Boolean(message.isRead));
    item.querySelector('.delivery').textContent = deliveryOf(message);
    item.querySelector('.retry').hidden = message.state !== 'failed';
  }

  #showEdges() {
    const conversation = this.#conversation;
    const isLoading = Boolean(conversation?.isLoading);
    $('older-item').hidden = !conversation?.hasMore;
    $('older').textContent = isLoading ? 'Loading…' : 'Earlier messages';
    this.#log.setAttribute('aria-busy', String(isLoading));
    $('empty').hidden = Boolean(conversation?.entries.length);
    $('empty').textContent = !conversation ? 'Name the user you want to write to.'
      : isLoading ? 'Loading…' : `Nothing here yet. Say hello to ${conversation.name}.`;
  }

  // MARK: Scrolling

  #scrolled() {
    this.isFollowing = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < nearEnd;
    if (this.isFollowing) $('jump').hidden = true;
    this.#looked();
  }

  #scrollToEnd() {
    this.isFollowing = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    $('jump').hidden = true;
  }

  #firstInView() {
    const { top } = this.#log.getBoundingClientRect();
    const item = [...this.#items.values()].find((one) => one.getBoundingClientRect().bottom > top);
    return item && { item, top: item.getBoundingClientRect().top };
  }

  /** Once a frame, however much changes in it. A hidden page draws no frames, and is not looked at. */
  #looked() {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    requestAnimationFrame(() => {
      this.#isLookDue = false;
      if (this.#log.scrollTop < nearTop && this.#conversation?.hasMore) this.#actions.older();
      this.#actions.looked();
    });
  }
}
