// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The chat: who one is, whom one writes to, and what each frame means. `connection.js` brings the frames,
// `conversation.js` keeps what was said, `view.js` shows it. The token lives in this tab only (memory and session
// storage).

import { Connection } from './connection.js';
import { Conversation } from './conversation.js';
import { View } from './view.js';

const typingEvery = 3000;
const typingLasts = 6000;
const demoPeers = { alice: 'bob', bob: 'alice' };
const uidForm = /^[A-Za-z0-9_@:-]{1,64}$/;
// The protocol's own frame types that are no messages; those without a handler below are left alone.
const reserved =
  /^(login|ping|pong|ack|error|read|receipt|history|unread|online|kick|typing|recall|edit|gap|push\..*)$/;

const session = {
  get: (key) => { try { return sessionStorage.getItem(`push.${key}`); } catch { return null; } },
  set: (key, value) => { try { sessionStorage.setItem(`push.${key}`, value); } catch { /* memory only, then */ } },
  remove: (key) => { try { sessionStorage.removeItem(`push.${key}`); } catch { /* nothing was kept */ } },
};

/** Reads `access_token` and `to` out of a link or its fragment. "+" stands for itself: it is of the base64 alphabet. */
function parametersOf(text) {
  const found = {};
  for (const pair of text.split(/[?#&]/)) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    try {
      found[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1));
    } catch {
      found[pair.slice(0, at)] = pair.slice(at + 1);
    }
  }
  return found;
}

/** Not `crypto.randomUUID`, which a page served without TLS from another host does not have. */
function newClientId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

class Chat {
  #connection;
  #view;
  #me = null;
  #state = { name: 'connecting' };
  #conversations = new Map();
  #current = null;
  #outbox = new Map();
  #typingSent = 0;

  constructor() {
    const url = new URL('.', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = url.search = '';
    this.#connection = new Connection(url.href, {
      stateChanged: (state) => this.#stateChanged(state),
      frameArrived: (frame) => this.#frameArrived(frame),
    });
    this.#view = new View({
      connect: (text) => this.#connect(parametersOf(text).access_token ?? text.trim(), parametersOf(text).to),
      leave: () => this.#leave(),
      banner: () => this.#bannerPressed(),
      open: (peer) => this.#open(peer),
      send: (text) => this.#send(text),
      typing: () => this.#typing(),
      retry: (message) => this.#retry(message),
    });
    addEventListener('hashchange', () => this.#takeFragment());
    addEventListener('online', () => this.#connection.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      this.#connection.retryNow();
      if (this.#current) this.#open(this.#current.peer);
    });
  }

  start() {
    if (this.#takeFragment()) return;
    const token = session.get('token');
    if (token) this.#connect(token, session.get('to'));
    else this.#view.showSignIn();
  }

  #takeFragment() {
    const { access_token: token, to } = parametersOf(location.hash);
    if (!token) return false;
    history.replaceState(null, '', location.pathname + location.search);
    this.#connect(token, to);
    return true;
  }

  #connect(token, to) {
    this.#forgetUser();
    session.set('token', token);
    this.#view.showChat();
    if (to && uidForm.test(to)) this.#open(to);
    this.#connection.open(token);
  }

  #leave(reason) {
    session.remove('token');
    this.#connection.close();
    this.#forgetUser();
    this.#view.showSignIn(reason);
  }

  #forgetUser() {
    session.remove('to');
    for (const conversation of this.#conversations.values()) clearTimeout(conversation.typingTimer);
    this.#me = this.#current = null;
    this.#conversations.clear();
    this.#outbox.clear();
    this.#view.setIdentity({ uid: '…', source: '' });
    this.#view.setEntries([]);
    this.#showPeople();
  }

  // MARK: Connection

  #stateChanged(state) {
    const before = this.#state.name;
    this.#state = state;
    if (state.name === 'refused' && state.code === 4009) {
      if (!this.#me) return this.#leave(state.reason);
      session.remove('token');
    }
    this.#view.setState(state, this.#bannerAction());
    if (before === 'online' && state.reason) this.#notice(state.reason);
    if (state.name === 'online' && before !== 'online') this.#loggedIn(state.login);
  }

  #bannerAction() {
    if (this.#state.name === 'offline') return 'Try now';
    if (this.#state.name !== 'refused') return '';
    return this.#state.code === 4009 ? 'Sign in' : 'Connect here';
  }

  #bannerPressed() {
    if (this.#state.name === 'offline') this.#connection.retryNow();
    else if (this.#state.code === 4009) this.#leave();
    else this.#connection.reopen();
  }

  #loggedIn(login) {
    const uid = String(login.uid ?? '');
    if (this.#me) this.#notice('Connected again.');
    this.#me = { uid, source: String(login.source ?? '') };
    this.#view.setIdentity(this.#me);
    if (!this.#current && demoPeers[uid]) this.#open(demoPeers[uid]);
    this.#showPeople();
    this.#view.focusComposer();
    // A resend is harmless: the server answers a client_id it knows with the first id.
    for (const message of this.#outbox.values()) this.#transmit(message);
  }

  // MARK: Frames

  #frameArrived(frame) {
    switch (frame.type) {
      case 'ack': return this.#acknowledged(frame);
      case 'error': return this.#failed(frame);
      case 'typing': return this.#peerTypes(String(frame.uid));
    }
    if (!reserved.test(frame.type) && 'content' in frame) this.#received(frame);
  }

  #received(frame) {
    const uid = String(frame.uid);
    // Of one's own uid: what another terminal of the same user sent (echo), or a note to oneself.
    const mine = uid === this.#me.uid;
    const conversation = this.#conversation(mine ? String(frame.to_uid ?? uid) : uid);
    const id = frame.id === undefined ? undefined : String(frame.id);
    if (id !== undefined && !conversation.note(id)) return;
    if (!mine) this.#stopTyping(conversation);
    if (!this.#current) this.#open(conversation.peer);
    const time = Number.isFinite(frame.time) ? frame.time * 1000 : Date.now();
    if (!mine && (conversation !== this.#current || document.hidden)) conversation.unread += 1;
    this.#add(conversation, { kind: 'message', mine, id, peer: conversation.peer, content: frame.content, time });
    this.#showPeople();
  }

  #acknowledged(frame) {
    const message = this.#outbox.get(frame.client_id);
    if (!message) return;
    if (frame.code !== 200) return this.#failed(frame);
    this.#outbox.delete(frame.client_id);
    const online = frame.data?.onLine === 1;
    const stored = frame.stored !== false && frame.data?.stored !== false;
    const conversation = this.#conversation(message.peer);
    message.id = String(frame.id);
    message.state = online ? 'delivered' : stored ? 'stored' : 'lost';
    // A note to oneself may arrive as a message before its own ack does.
    if (!conversation.note(message.id)) {
      const echoes = conversation.remove((entry) => entry.id === message.id && entry !== message);
      echoes.forEach((entry) => this.#view.remove(entry));
    }
    conversation.setPresence(online ? 'online' : 'offline');
    this.#view.update(message);
    this.#showPeople();
  }

  #failed(frame) {
    const reason = `${frame.message || 'refused'}${frame.code ? ` (${frame.code})` : ''}`;
    const message = this.#outbox.get(frame.client_id);
    if (!message) return this.#notice(`The server refused a frame: ${reason}`);
    this.#outbox.delete(frame.client_id);
    message.state = 'failed';
    message.error = reason;
    this.#view.update(message);
  }

  #peerTypes(uid) {
    const conversation = this.#conversations.get(uid);
    if (!conversation) return;
    conversation.setPresence('online');
    clearTimeout(conversation.typingTimer);
    conversation.typingTimer = setTimeout(() => this.#stopTyping(conversation), typingLasts);
    this.#showPeople();
  }

  #stopTyping(conversation) {
    clearTimeout(conversation.typingTimer);
    conversation.typingTimer = 0;
    this.#showPeople();
  }

  // MARK: Writing

  #send(text) {
    if (!text.trim() || !this.#current) return false;
    const message = {
      kind: 'message', mine: true, peer: this.#current.peer, clientId: newClientId(), state: 'pending',
      content: { type: 'text', value: text }, time: Date.now(),
    };
    this.#add(this.#current, message);
    this.#outbox.set(message.clientId, message);
    this.#transmit(message);
    this.#typingSent = 0;
    return true;
  }

  #retry(message) {
    message.state = 'pending';
    this.#outbox.set(message.clientId, message);
    this.#view.update(message);
    this.#transmit(message);
  }

  /** Where nobody is connected the message stays in the outbox, which the next login sends. */
  #transmit(message) {
    const { peer, clientId, content } = message;
    this.#connection.send({ type: 'chat', to_uid: peer, client_id: clientId, content });
  }

  #typing() {
    const peer = this.#current?.peer;
    if (!peer || peer === this.#me?.uid || Date.now() - this.#typingSent < typingEvery) return;
    if (this.#connection.send({ type: 'typing', to_uid: peer })) this.#typingSent = Date.now();
  }

  // MARK: Conversations

  #conversation(peer) {
    if (!this.#conversations.has(peer)) this.#conversations.set(peer, new Conversation(peer));
    return this.#conversations.get(peer);
  }

  #open(peer) {
    const conversation = this.#conversation(peer);
    conversation.unread = 0;
    if (conversation !== this.#current) {
      this.#current = conversation;
      this.#typingSent = 0;
      session.set('to', peer);
      this.#view.setEntries(conversation.entries);
    }
    this.#showPeople();
  }

  #add(conversation, entry) {
    const gone = conversation.add(entry);
    if (conversation !== this.#current) return;
    gone.forEach((old) => this.#view.remove(old));
    this.#view.append(entry);
  }

  #notice(text) {
    if (this.#current) this.#add(this.#current, { kind: 'notice', text, time: Date.now() });
  }

  #showPeople() {
    const conversations = [...this.#conversations.values()];
    this.#view.setPeople(conversations, this.#current);
    this.#view.setPeer(this.#current);
    this.#view.setTyping(this.#current?.typingTimer ? `${this.#current.name} is typing…` : '');
    const unread = conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
    if (this.#me) this.#view.setTitle(this.#me.uid, unread);
  }
}

new Chat().start();
