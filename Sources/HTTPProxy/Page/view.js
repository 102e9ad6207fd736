// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// What is on the screen around the messages. It holds no state of the chat, only the elements that show it.

import { Banner } from './banner.js';
import { $, onSubmit } from './elements.js';
import { LogView } from './logview.js';
import { PeopleView } from './peopleview.js';

const stateLabels = { connecting: 'Connecting', online: 'Online', offline: 'Offline', refused: 'Signed out' };

export class View {
  log;
  people;
  #actions;
  #banner;

  /**
   * `actions`: connect(text), leave(), banner(), open(peer), send(text) -> bool, typing(), retry(message), older(),
   * looked().
   */
  begin(actions) {
    this.#actions = actions;
    this.log = new LogView(actions);
    this.people = new PeopleView(actions.open);
    onSubmit('token-form', () => {
      actions.connect($('token').value);
      $('token').value = '';
    });
    onSubmit('peer-form', () => {
      actions.open($('peer-input').value);
      $('peer-input').value = '';
      $('message').focus();
    });
    onSubmit('composer', () => this.#send());
    $('leave').onclick = () => actions.leave();
    this.#banner = new Banner($('banner'), () => actions.banner());
    $('message').oninput = () => {
      this.#fitComposer();
      if ($('message').value.trim()) actions.typing();
    };
    $('message').onkeydown = (event) => {
      // Enter that ends an input method's composition chooses a candidate; it does not send.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#send();
    };
  }

  showSignIn(reason = '') {
    $('chat').hidden = true;
    $('sign-in').hidden = false;
    $('sign-in-reason').hidden = !reason;
    $('sign-in-reason').textContent = reason;
    document.title = 'Push chat';
    $('token').focus();
  }

  showChat() {
    $('sign-in').hidden = true;
    $('chat').hidden = false;
  }

  setIdentity({ uid, source }) {
    $('me-uid').textContent = uid;
    $('me-source').textContent = source;
  }

  /** The title counts what came while nobody was looking. */
  setTitle(uid, unread) {
    document.title = `${unread ? `(${unread}) ` : ''}${uid ? `${uid} · ` : ''}Push chat`;
    $('chat-unread').hidden = unread === 0;
    $('chat-unread').textContent = unread;
    $('chat-unread').setAttribute('aria-label', `${unread} unread`);
  }

  /** `action` is the label of the banner's button, for the states that have one. */
  setState(state, action = '') {
    $('state').dataset.state = state.name;
    $('state').textContent = stateLabels[state.name];
    this.#banner.show(state, action);
  }

  /** A quiet word about what is missing; the chat goes on. */
  setArchiveAway(isAway) {
    $('archive-note').textContent =
      isAway ? 'Earlier and missed messages cannot be read right now. They follow as soon as they can.' : '';
  }

  setPeer(conversation) {
    const presence = conversation?.presence ?? 'unknown';
    $('peer').textContent = conversation?.name ?? 'Choose a person';
    $('peer-state').dataset.state = presence;
    $('peer-state').textContent = presence === 'unknown' ? '' : presence;
    $('message').disabled = $('send').disabled = !conversation;
    $('message').placeholder = conversation ? `Message to ${conversation.name}` : 'Message';
  }

  setTyping(text) {
    $('typing').textContent = text;
  }

  /** Not where a touch keyboard would jump up. */
  focusComposer() {
    if (matchMedia('(pointer: fine)').matches) $('message').focus({ preventScroll: true });
  }

  #send() {
    if (!this.#actions.send($('message').value)) return;
    $('message').value = '';
    this.#fitComposer();
    $('message').focus();
  }

  #fitComposer() {
    const field = $('message');
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }
}
