// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// What is on the screen around the messages. It holds no state of the chat, only the elements that show it.

import { $ } from './elements.js';
import { LogView } from './logview.js';
import { PeopleView } from './peopleview.js';

const stateLabels = { connecting: 'Connecting', online: 'Online', offline: 'Offline', refused: 'Signed out' };

export class View {
  log;
  people;
  #actions;
  #countdown = 0;

  /**
   * `actions`: connect(text), leave(), banner(), open(peer), send(text) -> bool, typing(), retry(message), older(),
   * looked().
   */
  begin(actions) {
    this.#actions = actions;
    this.log = new LogView(actions);
    this.people = new PeopleView(actions.open);
    this.#onSubmit('token-form', () => {
      actions.connect($('token').value);
      $('token').value = '';
    });
    this.#onSubmit('peer-form', () => {
      actions.open($('peer-input').value);
      $('peer-input').value = '';
      $('message').focus();
    });
    this.#onSubmit('composer', () => this.#send());
    $('leave').onclick = () => actions.leave();
    $('banner-action').onclick = () => actions.banner();
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
  }

  /** `action` is the label of the banner's button, for the states that have one. */
  setState(state, action = '') {
    $('state').dataset.state = state.name;
    $('state').textContent = stateLabels[state.name];
    const quiet = state.name === 'online' || (state.name === 'connecting' && $('banner').hidden);
    $('banner').hidden = quiet;
    $('banner').dataset.state = state.name;
    $('banner-text').textContent = state.name === 'connecting' ? 'Connecting…' : state.reason ?? '';
    $('banner-action').textContent = action;
    $('banner-action').hidden = !action;
    clearInterval(this.#countdown);
    $('countdown').textContent = '';
    if (!state.retryAt) return;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000));
      $('countdown').textContent = `Trying again in ${seconds} s.`;
    };
    tick();
    this.#countdown = setInterval(tick, 1000);
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

  #onSubmit(id, action) {
    $(id).onsubmit = (event) => {
      event.preventDefault();
      action();
    };
  }
}
