// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { $, fromTemplate } from './elements.js';

/** The list of those one writes with. */
export class PeopleView {
  #items = new Map();
  #opened;

  /** `opened(peer)` is called for the one that is chosen. */
  constructor(opened) {
    this.#opened = opened;
  }

  /** One button per conversation, kept where it is so that the keyboard focus stays. */
  show(conversations, current) {
    const gone = new Set(this.#items.keys());
    for (const conversation of conversations) {
      gone.delete(conversation.peer);
      this.#fill(this.#items.get(conversation.peer) ?? this.#add(conversation), conversation, conversation === current);
    }
    for (const peer of gone) {
      this.#items.get(peer).remove();
      this.#items.delete(peer);
    }
  }

  #add({ peer, name }) {
    const item = fromTemplate('person-template');
    item.dataset.peer = peer;
    item.querySelector('.initial').textContent = name.slice(0, 1).toUpperCase();
    item.querySelector('.name').textContent = name;
    item.querySelector('button').title = name;
    item.querySelector('button').onclick = () => this.#opened(peer);
    this.#items.set(peer, item);
    $('people').append(item);
    return item;
  }

  #fill(item, { presence, unread }, isCurrent) {
    const button = item.querySelector('button');
    item.dataset.presence = presence;
    item.querySelector('.presence').textContent = presence === 'unknown' ? '' : `, ${presence}`;
    item.querySelector('.unread').hidden = unread === 0;
    item.querySelector('.count').textContent = unread > 999 ? '999+' : unread;
    const was = button.getAttribute('aria-current');
    button.setAttribute('aria-current', String(isCurrent));
    if (isCurrent && was !== 'true') item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}
