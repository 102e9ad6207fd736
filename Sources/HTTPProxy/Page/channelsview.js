// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { Banner } from './banner.js';
import { $, fromTemplate, onSubmit } from './elements.js';
import { EventLog } from './eventlog.js';

const stateLabels = { connecting: 'Connecting', online: 'Online', offline: 'Offline', refused: 'Not connected' };
const marks = { public: '#', presence: '@' };
const lobby = 'presence-room-lobby';

function summaryOf({ state, count, isPresence }) {
  if (state === 'waiting') return 'Waiting…';
  if (state === 'refused') return 'Refused';
  if (count === null) return 'Subscribed';
  return `${count} ${isPresence ? 'member' : 'subscriber'}${count === 1 ? '' : 's'}`;
}

/** What is on the screen of the channels. It holds no state of them. */
export class ChannelsView {
  log = new EventLog();
  #actions;
  #banner;
  #items = new Map();
  #current = null;

  /** `actions`: banner(), subscribe(name), unsubscribe(name), choose(name), trigger(event, text) -> bool. */
  begin(actions) {
    this.#actions = actions;
    this.#banner = new Banner($('channels-banner'), () => actions.banner());
    onSubmit('subscribe-form', () => {
      actions.subscribe($('channel-input').value);
      $('channel-input').value = '';
    });
    onSubmit('trigger', () => this.#trigger());
    $('unsubscribe').onclick = () => {
      actions.unsubscribe(this.#current.name);
      $('channel-input').focus();
    };
    $('all-channels').onclick = () => actions.choose(null);
    $('join-lobby').textContent = `Join ${lobby}`;
    $('join-lobby').onclick = () => {
      actions.subscribe(lobby);
      $('event-data').focus();
    };
    $('event-data').onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      $('trigger').requestSubmit();
    };
    $('event-data').oninput = () => this.#fitData();
  }

  setState(state, action) {
    $('channels-state').dataset.state = state.name;
    $('channels-state').textContent = stateLabels[state.name];
    $('socket-label').hidden = state.name !== 'online';
    $('socket-id').textContent = state.socketId ?? '';
    this.#banner.show(state, action);
  }

  /** `current`: the channel that is shown; null where all of them are. */
  show(channels, current, { uid, mayTrigger }) {
    this.#current = current;
    this.#showList(channels, current);
    this.#showHeader(channels, current);
    this.#showMembers(current, uid);
    this.log.filter(current?.name);
    const isSubscribed = current?.state === 'subscribed';
    $('trigger').hidden = !current?.takesEvents || !mayTrigger || current.state === 'refused';
    $('trigger').querySelector('button').disabled = !isSubscribed;
    $('trigger-hint').textContent = this.#hint(current, mayTrigger);
    $('events-empty').hidden = !this.log.isEmpty;
    $('events-hint').textContent = current ? 'Nothing has happened here yet.'
      : channels.length > 0 ? 'Nothing has happened yet.'
        : 'Subscribe to a channel, and what happens there is shown here. Open the page as two users to meet.';
    $('join-lobby').hidden = channels.length > 0;
  }

  #hint(current, mayTrigger) {
    if (!current || current.state === 'refused') return '';
    if (!current.takesEvents) return 'Events of clients go to private and presence channels.';
    return mayTrigger ? '' : 'Events of clients are off on this server.';
  }

  /** One button per channel, kept where it is so that the keyboard focus stays. */
  #showList(channels, current) {
    const gone = new Set(this.#items.keys());
    for (const channel of channels) {
      gone.delete(channel.name);
      this.#fill(this.#items.get(channel.name) ?? this.#add(channel), channel, channel === current);
    }
    for (const name of gone) {
      this.#items.get(name).remove();
      this.#items.delete(name);
    }
    $('all-channels').setAttribute('aria-current', String(current === null));
  }

  #add({ name, kind }) {
    const item = fromTemplate('subscription-template');
    item.dataset.channel = name;
    item.dataset.kind = kind;
    item.querySelector('.initial').textContent = marks[kind] ?? '';
    item.querySelector('.name').textContent = name;
    item.querySelector('button').title = name;
    item.querySelector('button').onclick = () => this.#actions.choose(name);
    this.#items.set(name, item);
    $('subscriptions').append(item);
    return item;
  }

  #fill(item, channel, isCurrent) {
    const button = item.querySelector('button');
    item.dataset.state = channel.state;
    item.querySelector('.condition').textContent = `, ${summaryOf(channel)}`;
    item.querySelector('.tally').textContent = channel.count ?? '';
    const was = button.getAttribute('aria-current');
    button.setAttribute('aria-current', String(isCurrent));
    if (isCurrent && was !== 'true') item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #showHeader(channels, current) {
    $('channel-name').textContent = current?.name ?? 'All channels';
    $('channel-state').textContent = current ? summaryOf(current) : '';
    $('channel-state').dataset.state = { subscribed: 'online', refused: 'refused' }[current?.state] ?? 'unknown';
    $('unsubscribe').hidden = !current;
    $('unsubscribe').textContent = current?.state === 'refused' ? 'Remove' : 'Unsubscribe';
    $('events').classList.toggle('one', current !== null);
  }

  #showMembers(channel, uid) {
    $('members').hidden = !channel?.isPresence || channel.members.size === 0;
    if (!channel) return;
    $('members').replaceChildren(...[...channel.members].map(([id, name]) => {
      const item = fromTemplate('member-template');
      item.dataset.member = id;
      item.title = id;
      item.querySelector('.name').textContent = name;
      item.querySelector('.self').hidden = id !== uid;
      return item;
    }));
  }

  #trigger() {
    if (!this.#actions.trigger($('event-name').value.trim(), $('event-data').value)) return;
    $('event-data').value = '';
    this.#fitData();
    $('event-data').focus();
  }

  #fitData() {
    const field = $('event-data');
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }
}
