// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { Archive } from './archive.js';
import { Connection } from './connection.js';
import { messageOf } from './conversation.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { Presence } from './presence.js';
import { Queries } from './queries.js';
import { session } from './session.js';

const typingEvery = 3000;
const typingLasts = 6000;
const ackEvery = 250;
const showDelay = 50;
const demoPeers = { alice: 'bob', bob: 'alice' };
const uidForm = /^[A-Za-z0-9_@:-]{1,64}$/;
// The protocol's own frame types that are no messages; those without a handler below are left alone.
const reserved =
  /^(login|ping|pong|ack|error|read|receipt|history|unread|online|kick|typing|recall|edit|gap|push\..*)$/;

/** Not `crypto.randomUUID`, which a page served without TLS from another host does not have. */
function newClientID() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The chat of one user at a time: who one is, whom one writes to, and what each frame means. */
export class Chat {
  #connection;
  #queries;
  #outbox;
  #people = new People();
  #archive;
  #presence;
  #view;
  #users;
  #token = '';
  #me = null;
  #state = { name: 'connecting' };
  #typingSent = 0;
  #ackDue = '';
  #ackTimer = 0;
  #showTimer = 0;

  /** `users`: signedIn(token, uid), at each login, and signedOut(). */
  constructor(url, view, users) {
    this.#view = view;
    this.#users = users;
    this.#connection = new Connection(url, {
      stateChanged: (state) => this.#stateChanged(state),
      frameArrived: (frame) => this.#frameArrived(frame),
    });
    const send = (frame) => this.#connection.send(frame);
    this.#queries = new Queries(send);
    this.#outbox = new Outbox(send);
    this.#archive = new Archive(this.#queries, this.#people, {
      counted: () => this.#showPeopleSoon(),
      awayChanged: (isAway) => view.setArchiveAway(isAway),
      newestSeen: () => view.log.newestSeen(),
    });
    this.#presence = new Presence(this.#queries, this.#people, () => this.#showPeople());
  }

  // MARK: Who one is

  /** Signs in with a token, as a user who was not here before. */
  connect(token, to) {
    this.#forgetUser();
    session.set('token', token);
    this.#begin(token, to);
  }

  /** Goes on after a reload. */
  resume(token) {
    const uid = session.get('uid');
    if (typeof uid === 'string') this.#restore(uid);
    this.#begin(token, session.get('to'));
  }

  leave(reason) {
    this.#forgetUser();
    this.#view.showSignIn(reason);
  }

  /** The browser is online again, or the page visible. */
  wake() {
    this.#connection.wake();
    this.looked();
    if (this.#state.name === 'online') this.#presence.ask();
  }

  bannerPressed() {
    if (this.#state.name === 'offline') this.#connection.retryNow();
    else if (this.#state.code === 4009) this.leave();
    else this.#connection.reopen();
  }

  #begin(token, to) {
    this.#token = token;
    this.#view.showChat();
    if (to && uidForm.test(to)) this.open(to);
    this.#connection.open(token, session.get('device'));
  }

  /** What the tab kept of a user over a reload. */
  #restore(uid) {
    this.#people.restore(uid);
    this.#outbox.restore(uid).forEach((message) => this.#people.at(message.peer).add(message));
  }

  #forgetUser() {
    this.#connection.close();
    this.#sessionEnded();
    session.clear();
    this.#users.signedOut();
    this.#token = '';
    this.#me = null;
    this.#state = { name: 'connecting' };
    this.#people.clear();
    this.#outbox.clear();
    this.#view.setIdentity({ uid: '…', source: '' });
    this.#view.log.show(null);
    this.#showPeople();
  }

  // MARK: Connection

  #stateChanged(state) {
    const before = this.#state.name;
    this.#state = state;
    if (state.name === 'refused' && state.code === 4009 && !this.#me) return this.leave(state.reason);
    this.#view.setState(state, this.#bannerAction());
    if (before === 'online' && state.name !== 'online') {
      this.#sessionEnded();
      if (state.reason) this.#notice(state.reason);
      this.#showPeople();
    }
    if (state.name === 'online' && before !== 'online') this.#loggedIn(state.login);
  }

  #bannerAction() {
    if (this.#state.name === 'offline') return 'Try now';
    if (this.#state.name !== 'refused') return '';
    return this.#state.code === 4009 ? 'Sign in' : 'Connect here';
  }

  #loggedIn(login) {
    const uid = String(login.uid ?? '');
    if (this.#me) this.#notice('Connected again.');
    this.#me = { uid, source: String(login.source ?? '') };
    session.set('device', login.token);
    session.set('uid', uid);
    this.#view.setIdentity(this.#me);
    this.#users.signedIn(this.#token, uid);
    this.#restore(uid);
    this.#outbox.begin();
    if (!this.#people.current && demoPeers[uid]) this.open(demoPeers[uid]);
    this.#archive.begin(uid);
    this.#presence.begin();
    this.#showPeople();
    this.#view.focusComposer();
  }

  #sessionEnded() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = 0;
    this.#ackDue = '';
    this.#queries.reset();
    this.#archive.end();
    this.#presence.end();
    for (const conversation of this.#people) this.#stopTyping(conversation);
  }

  // MARK: Frames

  #frameArrived(frame) {
    if (this.#queries.take(frame)) return;
    switch (frame.type) {
      case 'ack': return this.#acknowledged(frame);
      case 'error': return this.#refused(frame);
      case 'typing': return this.#peerTypes(String(frame.uid));
      case 'read': return this.#archive.readArrived(String(frame.uid), String(frame.id));
      case 'history': return frame.code === 503 ? this.#archive.isAway() : undefined;
    }
    if (!reserved.test(frame.type) && 'content' in frame) this.#received(frame);
  }

  #received(frame) {
    const message = messageOf(frame, this.#me.uid);
    const conversation = this.#people.at(message.peer);
    if (!message.mine && conversation.typingTimer) this.#stopTyping(conversation);
    if (!this.#people.current) this.open(conversation.peer);
    const isNew = conversation.add(message);
    if (message.isIncoming) {
      if (isNew) this.#archive.arrived(conversation, message, frame.state === 0);
      if (message.id) this.#acknowledge(message.id);
    }
    this.#showPeopleSoon();
  }

  /** Of a message that has its place on the page. What comes is in order, so the highest id will do. */
  #acknowledge(id) {
    if (id > this.#ackDue) this.#ackDue = id;
    this.#ackTimer ||= setTimeout(() => {
      this.#ackTimer = 0;
      this.#connection.send({ type: 'ack', id: this.#ackDue });
    }, ackEvery);
  }

  #acknowledged(frame) {
    const message = this.#outbox.get(frame.client_id);
    if (!message) return;
    if (frame.code !== 200) return this.#refused(frame);
    this.#outbox.delete(frame.client_id);
    const isOnline = frame.data?.onLine === 1;
    const isStored = frame.stored !== false && frame.data?.stored !== false;
    const conversation = this.#people.at(message.peer);
    conversation.acknowledged(message, String(frame.id), isOnline ? 'delivered' : isStored ? 'stored' : 'lost');
    conversation.presence = isOnline ? 'online' : 'offline';
    this.#showPeople();
  }

  #refused(frame) {
    const message = this.#outbox.get(frame.client_id);
    if (message && frame.code === 429) return this.#outbox.postpone(message.clientId, frame.retry_after);
    const reason = `${frame.message || 'refused'}${frame.code ? ` (${frame.code})` : ''}`;
    if (!message) return this.#notice(`The server refused a frame: ${reason}`);
    this.#outbox.delete(frame.client_id);
    message.state = 'failed';
    message.error = reason;
    this.#people.at(message.peer).changed(message);
  }

  #peerTypes(uid) {
    const conversation = this.#people.get(uid);
    if (!conversation) return;
    conversation.presence = 'online';
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

  /** False where there is nothing to send, or too much waits already. */
  send(text) {
    const { current } = this.#people;
    if (!text.trim() || !current) return false;
    if (this.#outbox.isFull) {
      this.#notice('Too many messages wait to be sent.');
      return false;
    }
    const clientId = newClientID();
    const message = {
      kind: 'message', mine: true, peer: current.peer, clientId, state: 'pending', time: Date.now(),
      isIncoming: current.peer === this.#me?.uid, content: { type: 'text', value: text, key: clientId },
    };
    current.add(message);
    this.#outbox.add(message);
    this.#typingSent = 0;
    return true;
  }

  retry(message) {
    message.state = 'pending';
    this.#people.at(message.peer).changed(message);
    this.#outbox.add(message);
  }

  typing() {
    const peer = this.#people.current?.peer;
    if (!peer || peer === this.#me?.uid || Date.now() - this.#typingSent < typingEvery) return;
    if (this.#connection.send({ type: 'typing', to_uid: peer })) this.#typingSent = Date.now();
  }

  // MARK: Conversations

  open(peer) {
    const conversation = this.#people.at(peer);
    if (conversation !== this.#people.current) {
      this.#people.current = conversation;
      this.#typingSent = 0;
      session.set('to', peer);
      this.#view.log.show(conversation);
    }
    this.#archive.open(conversation);
    if (conversation.presence === 'unknown') this.#presence.ask();
    this.#showPeople();
  }

  older() {
    this.#archive.older(this.#people.current);
  }

  /** What is looked at may have changed. */
  looked() {
    this.#archive.look();
  }

  #notice(text) {
    this.#people.current?.add({ kind: 'notice', text, time: Date.now() });
  }

  /** Once for all that comes together. */
  #showPeopleSoon() {
    this.#showTimer ||= setTimeout(() => this.#showPeople(), showDelay);
  }

  #showPeople() {
    clearTimeout(this.#showTimer);
    this.#showTimer = 0;
    const { current } = this.#people;
    this.#view.people.show(this.#people, current);
    this.#view.setPeer(current);
    this.#view.setTyping(current?.typingTimer ? `${current.name} is typing…` : '');
    if (this.#me) this.#view.setTitle(this.#me.uid, this.#people.unread);
  }
}
