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
  #isUpdateDue = false;
  /** What somebody reads further up: `{item, top}` as of before the changes of this frame. */
  #anchor = null;
  /** Where the end was scrolled to last. */
  #endTop = 0;
  #log = $('log');
  #actions;

  /** `actions`: retry(message), older(), looked(). */
  constructor(actions) {
    this.#actions = actions;
    this.#log.onscroll = () => this.#scrolled();
    $('jump').onclick = () => this.#scrollToEnd();
    $('older').onclick = () => actions.older();
    new ResizeObserver(() => this.#updateSoon()).observe(this.#log);
    ['focus', 'blur'].forEach((name) => addEventListener(name, () => this.#updateSoon()));
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
    this.#anchor = null;
    this.#showEdges();
    this.#updateSoon();
  }

  /** The highest id of a message for the user that somebody looks at; undefined where nobody does. */
  newestSeen() {
    if (document.hidden || !document.hasFocus() || !this.#isShown) return undefined;
    const end = this.#log.getBoundingClientRect().bottom;
    return this.#conversation?.entries.findLast((entry) => {
      if (!entry.id || !entry.isIncoming) return false;
      const { top, height } = this.#items.get(entry).getBoundingClientRect();
      return top + Math.min(height, seen) <= end;
    })?.id;
  }

  /** Whether the page shows the log, and no other view in its place. */
  get #isShown() {
    return this.#log.clientHeight > 0;
  }

  // MARK: What a conversation tells

  /** Carries out changes; what somebody reads stays where it is. */
  change(body) {
    if (!this.isFollowing) this.#anchor ??= this.#firstInView();
    this.#updateSoon();
    return body();
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

  /** Of messages that follow each other within a minute, with the same to say, the last one says it. */
  #showRuns() {
    const entries = this.#conversation?.entries ?? [];
    const minute = ({ time }) => Math.floor(time / 60_000);
    entries.forEach((entry, index) => {
      const next = entries[index + 1];
      const isRun = entry.kind === 'message' && next?.kind === 'message' && entry.mine === next.mine
        && minute(entry) === minute(next) && deliveryOf(entry) === deliveryOf(next) && entry.state !== 'failed';
      this.#items.get(entry).toggleAttribute('data-run', isRun);
    });
  }

  #showEdges() {
    const conversation = this.#conversation;
    const isLoading = Boolean(conversation?.isLoading);
    $('older-item').hidden = !conversation?.hasMore || conversation.isStale;
    $('older').textContent = isLoading ? 'Loading…' : 'Earlier messages';
    this.#log.setAttribute('aria-busy', String(isLoading));
    $('empty').hidden = Boolean(conversation?.entries.length);
    $('empty').textContent = !conversation ? 'Name the user you want to write to.'
      : isLoading ? 'Loading…' : `Nothing here yet. Say hello to ${conversation.name}.`;
  }

  // MARK: Scrolling

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    // What has come since the end was scrolled to is not the doing of whoever scrolls.
    const isAtEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
    this.isFollowing = isAtEnd || (this.isFollowing && scrollTop > this.#endTop - nearEnd);
    if (this.isFollowing) $('jump').hidden = true;
    this.#updateSoon();
  }

  #scrollToEnd() {
    this.isFollowing = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#endTop = this.#log.scrollTop;
    $('jump').hidden = true;
  }

  #firstInView() {
    const { top } = this.#log.getBoundingClientRect();
    const shown = this.#conversation?.entries ?? [];
    const item = shown.map((entry) => this.#items.get(entry)).find((one) => one.getBoundingClientRect().bottom > top);
    return item && { item, top: item.getBoundingClientRect().top };
  }

  /** Once a frame, however much comes in it. A hidden page draws no frames, and is not looked at. */
  #updateSoon() {
    if (this.#isUpdateDue) return;
    this.#isUpdateDue = true;
    requestAnimationFrame(() => {
      this.#isUpdateDue = false;
      this.#update();
    });
  }

  #update() {
    // A view that is hidden measures nothing; when it is shown again its size changes.
    if (!this.#isShown) return;
    const anchor = this.#anchor;
    this.#anchor = null;
    this.#showRuns();
    this.#showEdges();
    if (this.isFollowing) this.#scrollToEnd();
    else if (anchor?.item.isConnected) this.#log.scrollTop += anchor.item.getBoundingClientRect().top - anchor.top;
    if (this.#log.scrollTop < nearTop && this.#conversation?.hasMore) this.#actions.older();
    this.#actions.looked();
  }
}
