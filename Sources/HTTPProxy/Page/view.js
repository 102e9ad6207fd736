// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// What is on the screen. It holds no state of the chat, only the elements that show it. Whatever came from the
// network is set as text, never as markup.

const $ = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const stateLabels = { connecting: 'Connecting', online: 'Online', offline: 'Offline', refused: 'Signed out' };

function fromTemplate(id) {
  return $(id).content.firstElementChild.cloneNode(true);
}

function setTime(element, milliseconds) {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return;
  element.dateTime = date.toISOString();
  const today = date.toDateString() === new Date().toDateString();
  element.textContent = (today ? clock : calendar).format(date);
  element.title = calendar.format(date);
}

function isText(content) {
  return content?.type === 'text' && typeof content.value === 'string';
}

function deliveryOf(message) {
  switch (message.state) {
    case 'pending': return 'Sending…';
    case 'delivered': return 'Delivered';
    case 'stored': return `Stored, ${message.peer} is offline`;
    case 'lost': return `Not kept, ${message.peer} is offline`;
    case 'failed': return `Not sent: ${message.error}`;
    default: return '';
  }
}

export class View {
  #items = new Map();
  #people = new Map();
  #countdown = 0;
  #following = true;
  #actions;

  /** `actions`: connect(text), leave(), banner(), open(peer), send(text) -> bool, typing(), retry(message). */
  constructor(actions) {
    this.#actions = actions;
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
    $('log').onscroll = () => {
      this.#following = this.#atEnd();
      if (this.#following) $('jump').hidden = true;
    };
    $('jump').onclick = () => this.#scrollToEnd();
    new ResizeObserver(() => {
      if (this.#following) this.#scrollToEnd();
    }).observe($('log'));
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

  /** One button per conversation, kept where it is so that the keyboard focus stays. */
  setPeople(conversations, current) {
    for (const [peer, item] of this.#people) {
      if (conversations.some((conversation) => conversation.peer === peer)) continue;
      item.remove();
      this.#people.delete(peer);
    }
    for (const conversation of conversations) {
      if (!this.#people.has(conversation.peer)) this.#addPerson(conversation);
      const item = this.#people.get(conversation.peer);
      item.dataset.presence = conversation.presence;
      item.querySelector('.presence').textContent = conversation.presence;
      item.querySelector('.unread').hidden = conversation.unread === 0;
      item.querySelector('.count').textContent = conversation.unread;
      item.querySelector('button').setAttribute('aria-current', String(conversation === current));
    }
  }

  setPeer(conversation) {
    const presence = conversation?.presence ?? 'unknown';
    $('peer').textContent = conversation?.name ?? 'Choose a person';
    $('peer-state').dataset.state = presence;
    $('peer-state').textContent = !conversation ? ''
      : presence === 'unknown' ? 'not seen yet'
      : `${presence}, as of ${clock.format(conversation.presenceTime)}`;
    $('message').disabled = $('send').disabled = !conversation;
    $('message').placeholder = conversation ? `Message to ${conversation.name}` : 'Message';
    $('empty').textContent = conversation
      ? `Nothing here yet. Say hello to ${conversation.name}.`
      : 'Name the user you want to write to.';
  }

  setTyping(text) {
    $('typing').textContent = text;
  }

  setEntries(entries) {
    this.#items.clear();
    this.#following = true;
    $('log').replaceChildren(...entries.map((entry) => this.#render(entry)));
    $('empty').hidden = entries.length > 0;
    this.#scrollToEnd();
  }

  append(entry) {
    $('log').append(this.#render(entry));
    $('empty').hidden = true;
    if (entry.mine || this.#following) this.#scrollToEnd();
    else $('jump').hidden = false;
  }

  /** No effect where the entry is not on the screen. */
  update(entry) {
    const item = this.#items.get(entry);
    if (item) this.#fill(item, entry);
  }

  remove(entry) {
    this.#items.get(entry)?.remove();
    this.#items.delete(entry);
  }

  /** Not where a touch keyboard would jump up. */
  focusComposer() {
    if (matchMedia('(pointer: fine)').matches) $('message').focus({ preventScroll: true });
  }

  #addPerson({ peer, name }) {
    const item = fromTemplate('person-template');
    item.dataset.peer = peer;
    item.querySelector('.initial').textContent = name.slice(0, 1).toUpperCase();
    item.querySelector('.name').textContent = name;
    item.querySelector('button').onclick = () => this.#actions.open(peer);
    this.#people.set(peer, item);
    $('people').append(item);
  }

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
    item.querySelector('.delivery').textContent = deliveryOf(message);
    item.querySelector('.retry').hidden = message.state !== 'failed';
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

  #atEnd() {
    const log = $('log');
    return log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  }

  #scrollToEnd() {
    this.#following = true;
    $('log').scrollTop = $('log').scrollHeight;
    $('jump').hidden = true;
  }

  #onSubmit(id, action) {
    $(id).onsubmit = (event) => {
      event.preventDefault();
      action();
    };
  }
}
