// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { Channel } from './channel.js';
import { ChannelSocket, dataOf } from './channelsocket.js';
import { isJSON, parseExactly, pretty } from './json.js';
import { session } from './session.js';

// Those who were cut off together come back within this time, or have left.
const returnWithin = 15_000;

/** The channels of the chat's user: what is subscribed to, who is there, and what happens. */
export class Channels {
  #socket;
  #view;
  #token = '';
  #uid = '';
  #isShown = false;
  #isOpen = false;
  #wasOnline = false;
  #state = { name: 'connecting' };
  #channels = new Map();
  #current = null;
  #missingTimer = 0;

  constructor(httpURL, socketURL, view) {
    this.#view = view;
    this.#socket = new ChannelSocket(httpURL, socketURL, {
      stateChanged: (state) => this.#stateChanged(state),
      frameArrived: (frame, text) => this.#frameArrived(frame, text),
    });
  }

  // MARK: Who one is

  signedIn(token, uid) {
    if (token === this.#token && uid === this.#uid) return;
    this.#token = token;
    this.#uid = uid;
    this.#restore();
    this.#openIfShown();
  }

  signedOut() {
    clearTimeout(this.#missingTimer);
    this.#socket.close();
    this.#channels.clear();
    this.#token = this.#uid = '';
    this.#current = null;
    this.#isShown = this.#isOpen = this.#wasOnline = false;
    this.#state = { name: 'connecting' };
    this.#view.setState(this.#state);
    this.#view.log.clear();
    this.#show();
  }

  /** The view is looked at. There is no connection before that. */
  show() {
    this.#isShown = true;
    this.#openIfShown();
    this.#show();
  }

  wake() {
    this.#socket.wake();
  }

  bannerPressed() {
    this.#socket.reopen();
  }

  #openIfShown() {
    if (!this.#isShown || !this.#token || this.#isOpen) return;
    this.#isOpen = true;
    this.#socket.open(this.#token);
  }

  #restore() {
    const kept = session.get('channels');
    if (kept?.uid !== this.#uid || !Array.isArray(kept.names)) return;
    for (const name of kept.names.map(String)) this.#channels.set(name, new Channel(name));
    this.#current = this.#channels.get(kept.current) ?? null;
  }

  #keep() {
    session.set('channels', { uid: this.#uid, names: [...this.#channels.keys()], current: this.#current?.name });
  }

  // MARK: Connection

  #stateChanged(state) {
    const before = this.#state.name;
    this.#state = state;
    const action = { offline: 'Try now', refused: 'Connect' }[state.name];
    this.#view.setState(state, action);
    if (before === 'online' && state.name !== 'online') {
      if (state.reason) this.#notice(state.reason);
      for (const channel of this.#channels.values()) channel.lost();
    }
    if (state.name === 'online') this.#connected();
    this.#show();
  }

  #connected() {
    if (this.#wasOnline) this.#notice('Connected again.');
    this.#wasOnline = true;
    for (const { name } of this.#channels.values()) this.#send('pusher:subscribe', { channel: name });
    clearTimeout(this.#missingTimer);
    this.#missingTimer = setTimeout(() => this.#giveUpMissing(), returnWithin);
  }

  #giveUpMissing() {
    for (const channel of this.#channels.values()) {
      for (const name of channel.giveUpMissing()) this.#notice(`${name} left.`, channel);
    }
  }

  #send(event, data) {
    this.#socket.send(JSON.stringify({ event, data }));
  }

  // MARK: What the user does

  subscribe(name) {
    const channel = this.#channels.get(name) ?? new Channel(name);
    this.#channels.set(name, channel);
    if (channel.state !== 'subscribed') {
      channel.lost();
      this.#send('pusher:subscribe', { channel: name });
    }
    this.choose(name);
  }

  unsubscribe(name) {
    this.#channels.delete(name);
    this.#send('pusher:unsubscribe', { channel: name });
    if (this.#current?.name === name) this.#current = null;
    this.#keep();
    this.#show();
  }

  /** Shows one channel, or all of them. */
  choose(name) {
    this.#current = this.#channels.get(name) ?? null;
    this.#keep();
    this.#show();
  }

  /** Sends an event to the others in the channel that is shown. False where it cannot be sent. */
  trigger(name, text) {
    if (this.#current?.state !== 'subscribed') return false;
    const event = name.startsWith('client-') ? name : `client-${name}`;
    const data = isJSON(text) ? text : JSON.stringify(text);
    // JSON goes out as it was typed, to the last digit.
    const head = JSON.stringify({ event, channel: this.#current.name });
    if (!this.#socket.send(`${head.slice(0, -1)},"data":${data}}`)) return false;
    this.#event({ event, data: readable(parseExactly(data)), from: 'you', mine: true }, this.#current);
    return true;
  }

  // MARK: Frames

  #frameArrived(frame, text) {
    if (frame.event === 'pusher:error') return this.#failed(dataOf(frame));
    const channel = this.#channels.get(frame.channel);
    if (!channel) return;
    switch (frame.event) {
      case 'pusher_internal:subscription_succeeded': return this.#subscribed(channel, dataOf(frame));
      case 'pusher:subscription_error': return this.#refused(channel, dataOf(frame));
      case 'pusher_internal:member_added': return this.#moved(channel.memberAdded(dataOf(frame)), 'joined', channel);
      case 'pusher_internal:member_removed': return this.#moved(channel.memberRemoved(dataOf(frame)), 'left', channel);
      case 'pusher_internal:subscription_count':
        channel.subscribers = Number(dataOf(frame).subscription_count) || 0;
        return this.#show();
      case 'pusher:cache_miss':
        return channel.missed() ? this.#notice('Nothing is kept here yet.', channel) : undefined;
    }
    if (/^pusher(_internal)?:/.test(frame.event)) return;
    const isClients = frame.event.startsWith('client-');
    if (!isClients && !channel.isNew(text)) return;
    const from = frame.user_id === undefined ? '' : channel.members.get(String(frame.user_id)) ?? String(frame.user_id);
    this.#event({ event: frame.event, data: readable(parseExactly(text).data), from }, channel);
  }

  /** What comes with a code of its own ends the connection, and is told then. */
  #failed({ code, message }) {
    if (code >= 4000 && code < 4300) return;
    this.#notice(`The server refused that: ${message || 'no reason given'}`);
  }

  #subscribed(channel, data) {
    channel.subscribed(data).forEach((name) => this.#notice(`${name} joined.`, channel));
    this.#show();
  }

  #refused(channel, { type, error }) {
    channel.state = 'refused';
    const reason = type === 'AuthError' ? 'your login does not grant it' : error || 'no reason given';
    this.#notice(`Refused: ${reason}.`, channel);
    this.#show();
  }

  #moved(name, verb, channel) {
    if (name !== undefined) this.#notice(`${name} ${verb}.`, channel);
    this.#show();
  }

  // MARK: The log

  #event(event, channel) {
    this.#view.log.add({ kind: 'event', time: Date.now(), channel: channel.name, ...event });
  }

  /** Something that is no event, of one channel or of all. */
  #notice(text, channel) {
    this.#view.log.add({ kind: 'notice', time: Date.now(), channel: channel?.name, text });
  }

  #show() {
    this.#view.show([...this.#channels.values()], this.#current, {
      uid: this.#uid, mayTrigger: this.#state.app?.client_events !== false,
    });
  }
}

/** The data of an event for people: JSON, in a string too, is laid out; other text is left as it is. */
function readable(data) {
  if (typeof data !== 'string') return data === undefined ? '' : pretty(data);
  try {
    const value = parseExactly(data);
    return typeof value === 'object' ? pretty(value) : data;
  } catch {
    return data;
  }
}
