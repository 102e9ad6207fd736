// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The client of a push server: Push for channels, Push.Chat for the chat. One file without dependencies, for browsers,
// Node, uni-app and mini programs: a classic script (global `Push`), CommonJS, and by push.mjs an ES module. The syntax
// is that of ES2018. What begins with an underscore is private.

((root, make) => {
  const Push = make(root);
  if (typeof module === 'object' && module && module.exports) module.exports = Push;
  else root.Push = Push;
})(typeof globalThis === 'object' ? globalThis : this, (root) => {
  'use strict';

  const version = '1.0.0';

  const defaults = {
    /** Milliseconds between pings; 0 = none. The server's `activity_timeout` shortens it. */
    heartbeat: 25000,
    /** Milliseconds within which anything has to come after a ping. */
    pingTimeout: 10000,
    /** Milliseconds from the dial to the greeting. */
    connectTimeout: 10000,
    /** The longest wait between two attempts to connect, in milliseconds. */
    maxDelay: 30000,
    /** Milliseconds within which an authorization has to be answered. */
    authTimeout: 10000,
    /** How many client events of a channel wait for its subscription. */
    queueLimit: 100,
    /** How many sends and questions of a chat wait for their answer. */
    outboxLimit: 200,
  };

  // A connection that held this long was a good one: the next failure starts the backoff anew.
  const stableAfter = 10000;
  // Answers of the chat server that were not asked for by `client_id` are none.
  const answers = /^(ack|error|history|unread|online)$/;
  const reserved =
    /^(login|ping|pong|ack|error|read|receipt|history|unread|online|kick|typing|recall|edit|gap|push\..*)$/;
  // Below what a session may send: 20 frames in a second, twice that at once, and 16 questions that wait.
  const frameEvery = 60;
  const framesAtOnce = 20;
  const questionsAtOnce = 8;
  const questionTimeout = 15000;
  const ackDelay = 250;
  // How many ids of messages are remembered, to know one that comes again.
  const idsKept = 4096;
  // Client events that waited go out in one burst, and the others one by one: of a connection, whatever its channels,
  // servers take about ten in a second.
  const burst = 10;
  const spacing = 100;
  const authorizationAttempts = 5;

  const noop = () => {};

  /** The options over the defaults; one that is undefined is none. */
  function withDefaults(options, more) {
    const all = { ...defaults, ...more };
    for (const name of Object.keys(options || {})) if (options[name] !== undefined) all[name] = options[name];
    return all;
  }

  /** What may be sent: so much at once, and one more every so many milliseconds. */
  class Allowance {
    constructor(size, every) {
      this._size = size;
      this._every = every;
      this.refill();
    }

    refill() {
      this._left = this._size;
      this._filledAt = Date.now();
    }

    /** Takes one. Gives 0, or the milliseconds until there is one. */
    take() {
      const now = Date.now();
      this._left = Math.min(this._size, this._left + Math.max(now - this._filledAt, 0) / this._every);
      this._filledAt = now;
      if (this._left < 1) return Math.ceil((1 - this._left) * this._every);
      this._left -= 1;
      return 0;
    }
  }

  // MARK: Events

  /** Tells of an exception in a listener, which is nothing that a connection may fail of. */
  function report(error) {
    if (typeof root.reportError === 'function') root.reportError(error);
    else if (typeof console === 'object') console.error(error);
  }

  /** Listeners by the name of an event. */
  class Emitter {
    constructor() {
      this._listeners = new Map();
      this._globalListeners = [];
    }

    on(event, callback, context) {
      return this._add(event, { callback, context, isOnce: false });
    }

    once(event, callback, context) {
      return this._add(event, { callback, context, isOnce: true });
    }

    /** Removes what matches; each argument that is left out matches everything. */
    off(event, callback, context) {
      const isLeft = (one) => (
        (callback !== undefined && one.callback !== callback) || (context !== undefined && one.context !== context)
      );
      for (const name of event === undefined ? [...this._listeners.keys()] : [event]) this._keep(name, isLeft);
      return this;
    }

    /** `callback(event, ...)` is called for every event. */
    on_global(callback) {
      this._globalListeners = [...this._globalListeners, callback];
      return this;
    }

    off_global(callback) {
      this._globalListeners = this._globalListeners.filter((one) => callback !== undefined && one !== callback);
      return this;
    }

    /** Calls the listeners here; nothing is sent. */
    emit(event, ...values) {
      for (const callback of this._globalListeners) attempt(() => callback(event, ...values));
      for (const listener of this._listeners.get(event) || []) {
        if (listener.isOnce) this._keep(event, (one) => one !== listener);
        attempt(() => listener.callback.apply(listener.context, values));
      }
      return this;
    }

    _add(event, listener) {
      if (typeof listener.callback !== 'function') throw new TypeError(`the listener for ${event} is no function`);
      this._listeners.set(event, [...(this._listeners.get(event) || []), listener]);
      return this;
    }

    _keep(event, isLeft) {
      const left = (this._listeners.get(event) || []).filter(isLeft);
      if (left.length > 0) this._listeners.set(event, left);
      else this._listeners.delete(event);
    }
  }

  function attempt(action) {
    try {
      action();
    } catch (error) {
      report(error);
    }
  }

  // MARK: What the environment offers

  /** The global of a mini program, or of uni-app, that opens sockets. In pages `wx` may be there and not do so. */
  function platformHere() {
    return [
      typeof uni === 'object' ? uni : root.uni, typeof wx === 'object' ? wx : root.wx,
    ].find((one) => one && typeof one.connectSocket === 'function');
  }

  /** `{WebSocket}` or `{platform}`: what the options name, what is native here, what is there at all. */
  function environmentOf({ WebSocket, platform }) {
    if (WebSocket || platform) return { WebSocket, platform };
    const here = platformHere();
    if (root.WebSocket && (root.document || !here)) return { WebSocket: root.WebSocket };
    if (here) return { platform: here };
    throw new Error('There is no WebSocket here: pass a constructor as the option WebSocket.');
  }

  /**
   * A socket, with `send(text)`, which says whether it was open, and `close()`. `observer`: `opened()`,
   * `received(text)`, `ended(code, reason)`.
   */
  function openSocket({ WebSocket, platform }, url, observer) {
    return WebSocket ? openWebSocket(WebSocket, url, observer) : openTask(platform, url, observer);
  }

  function openWebSocket(Constructor, url, observer) {
    const socket = new Constructor(url);
    socket.onopen = () => observer.opened();
    socket.onmessage = ({ data }) => typeof data === 'string' && observer.received(data);
    socket.onclose = ({ code, reason }) => observer.ended(code, reason);
    // A close follows.
    socket.onerror = noop;
    const isOpen = () => socket.readyState === undefined || socket.readyState === 1;
    return {
      send(text) {
        // Browsers drop it without a word where the socket is closing.
        if (!isOpen()) return false;
        socket.send(text);
        return true;
      },
      close: () => socket.close(),
    };
  }

  /** The sockets of uni-app and of mini programs. Not every one of them reports a close behind an error. */
  function openTask(platform, url, observer) {
    let isOver = false;
    const end = (code, reason) => {
      if (isOver) return;
      isOver = true;
      observer.ended(code || 1006, reason || '');
    };
    const fail = (error) => end(1006, error && error.errMsg);
    // uni.connectSocket gives a promise instead of a task where it gets no callback.
    const task = platform.connectSocket({ url, success: noop, fail });
    if (!task || isOver) return { send: () => false, close: noop };
    task.onOpen(() => isOver || observer.opened());
    task.onMessage(({ data }) => isOver || (typeof data === 'string' && observer.received(data)));
    task.onClose((event) => end(event && event.code, event && event.reason));
    task.onError(fail);
    return {
      send(data) {
        if (!isOver) task.send({ data, fail });
        return !isOver;
      },
      close() {
        isOver = true;
        task.close({ code: 1000, reason: '', fail: noop });
      },
    };
  }

  /** Calls `wake` when the device is back: online again, or the page in front. Returns what ends that. */
  function watchDevice({ platform }, wake) {
    const ends = [];
    const { document } = root;
    if (typeof root.addEventListener === 'function') {
      root.addEventListener('online', wake);
      ends.push(() => root.removeEventListener('online', wake));
    }
    if (document && typeof document.addEventListener === 'function') {
      const shown = () => document.hidden || wake();
      document.addEventListener('visibilitychange', shown);
      ends.push(() => document.removeEventListener('visibilitychange', shown));
    }
    const changed = (status) => status && status.isConnected && wake();
    for (const [event, listener] of [['NetworkStatusChange', changed], ['AppShow', () => wake()]]) {
      if (!platform || typeof platform[`on${event}`] !== 'function') continue;
      platform[`on${event}`](listener);
      ends.push(() => typeof platform[`off${event}`] === 'function' && platform[`off${event}`](listener));
    }
    return () => ends.forEach((end) => end());
  }

  /** Posts a form. Resolves with `{status, body}`, the body as text or, of some mini programs, parsed. */
  function post({ platform }, { url, headers, credentials }, form) {
    const body = queryOf(form);
    const allHeaders = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json', ...headers };
    if (platform && typeof platform.request === 'function') {
      return new Promise((resolve, reject) => platform.request({
        url,
        method: 'POST',
        data: body,
        header: allHeaders,
        success: ({ statusCode, data }) => resolve({ status: statusCode, body: data }),
        fail: (error) => reject(new Error((error && error.errMsg) || 'the request failed')),
      }));
    }
    if (typeof root.fetch !== 'function') return Promise.reject(new Error('there is nothing here to ask it with'));
    return root.fetch(url, { method: 'POST', headers: allHeaders, body, credentials: credentials || 'same-origin' })
      .then((response) => response.text().then((text) => ({ status: response.status, body: text })));
  }

  function queryOf(members) {
    return Object.keys(members)
      .filter((name) => members[name] !== undefined && members[name] !== null)
      .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(members[name])}`)
      .join('&');
  }

  /** Where a server's WebSockets are: `ws://host`, `https://host/prefix`, `/prefix`, or nothing for the page's own. */
  function baseOf(url) {
    let base = url === undefined || url === null ? '' : String(url);
    if (!/^[a-z]+:/i.test(base) && root.location && root.location.host) {
      base = `${root.location.protocol}//${base.startsWith('//') ? base.slice(2) : root.location.host + base}`;
    }
    base = base.replace(/^http(?=s?:)/i, 'ws').replace(/\/+$/, '');
    if (!/^wss?:\/\/./i.test(base)) throw new TypeError('url has to be that of a WebSocket: ws://host or wss://host');
    return base;
  }

  /** A value, or what a function gives. */
  function valueOf(value, ...context) {
    return typeof value === 'function' ? value(...context) : value;
  }

  /** The same as a promise, also where the function throws or gives a promise. */
  function promiseOf(value, ...context) {
    return new Promise((resolve) => resolve(valueOf(value, ...context)));
  }

  /** Rejects when the promise takes longer. */
  function within(milliseconds, promise) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
    });
    const done = () => clearTimeout(timer);
    promise.then(done, done);
    return Promise.race([promise, late]);
  }

  // MARK: Connections

  /**
   * Milliseconds until the next attempt after a close with `code`, or null where the server asks not to come back:
   * exponential, with full jitter, so that those who were cut off together do not come back together.
   */
  function retryDelay(code, failures, longest, random) {
    if ((code >= 4000 && code < 4100) || code >= 4300) return null;
    // "Later" has a least wait; "now" is within the second, so that a restart is not met by every client at once.
    const least = code >= 4100 && code < 4200 ? Math.min(4000, longest) : 0;
    const ceiling = Math.min((1000 + least) * Math.pow(2, Math.min(failures, 10)), longest);
    return Math.round(least + random * Math.max(ceiling - least, 0));
  }

  /**
   * One connection kept alive over as many sockets as it takes: dials, waits for the greeting, beats, and comes back as
   * the close codes ask. It knows nothing of what is said on it; that does the client it is given:
   * `address()` (a URL, or a promise of one), `opened()`, `received(text)`, `lost()`, `ping` (a text).
   *
   * Emits `state_change` with `{previous, current, code, reason, retry_in}`, the same by the name of the state, and
   * `error` with `{code, message}`. States: `initialized`, `connecting`, `connected`, `disconnected`; the last is the
   * end where `retry_in` is null, and otherwise lasts so many milliseconds.
   */
  class Connection extends Emitter {
    constructor(options, client) {
      super();
      this.state = 'initialized';
      this.socket_id = undefined;
      this._options = options;
      this._client = client;
      this._environment = environmentOf(options);
      this._socket = null;
      this._attempt = null;
      this._failures = 0;
      this._since = 0;
      this._deadline = 0;
      this._heartbeat = 0;
      this._retry = 0;
      this._hasToWait = false;
      this._needsTLS = false;
      this._verdict = null;
      this._unwatch = noop;
    }

    /** Connects, also after a refusal. Nothing happens where a connection is there or being made. */
    connect() {
      if (this.state === 'connecting' || this.state === 'connected') return;
      this._unwatch();
      this._unwatch = watchDevice(this._environment, () => this.wake());
      this._failures = 0;
      this._dial();
    }

    /** Closes; nothing comes back until `connect`. */
    disconnect() {
      const isOver = this.state === 'disconnected' && !this._retry;
      this._unwatch();
      this._unwatch = noop;
      this._drop();
      if (!isOver) this._become('disconnected', { code: 1000, reason: '', retry_in: null });
    }

    /** The device is back: a retry does not wait, and a connection has to show that it still is one. */
    wake() {
      if (this._retry && !this._hasToWait) this._dial();
      else if (this.state === 'connected') this._beat();
    }

    /** Sends a text. False where there is no connection, or it is closing. */
    send(text) {
      return this.state === 'connected' && this._transmit(text);
    }

    /** The client has been greeted, and is to be silent for `seconds` at most. */
    _greeted(seconds) {
      clearTimeout(this._deadline);
      this._deadline = 0;
      this._since = Date.now();
      const { heartbeat } = this._options;
      const every = seconds > 0 ? Math.min(heartbeat, Math.max(seconds * 1000, 5000)) : heartbeat;
      if (every > 0) this._heartbeat = setInterval(() => this._beat(), every);
      this._become('connected', {});
    }

    /** What the server says of the end that comes: it counts where the close itself has no code. */
    _expectEnd(code, reason) {
      this._verdict = { code, reason };
    }

    _dial() {
      this._drop();
      const current = this._attempt = {};
      const isCurrent = () => this._attempt === current;
      this._become('connecting', {});
      if (!isCurrent()) return;
      this._expectWithin(this._options.connectTimeout);
      const observer = {
        opened: () => isCurrent() && this._client.opened(),
        received: (text) => isCurrent() && this._received(text),
        ended: (code, reason) => isCurrent() && this._ended(code, reason || ''),
      };
      promiseOf(() => this._client.address()).then((url) => {
        if (!isCurrent()) return;
        try {
          const socket = openSocket(this._environment, this._needsTLS ? url.replace(/^ws:/i, 'wss:') : url, observer);
          if (isCurrent()) this._socket = socket;
          else socket.close();
        } catch (error) {
          // A URL that is none, or one that the page may not open: that will not change.
          if (isCurrent()) this._ended(1006, error.message, true);
        }
      }, (error) => observer.ended(1006, String((error && error.message) || error)));
    }

    _drop() {
      clearTimeout(this._deadline);
      clearTimeout(this._retry);
      clearInterval(this._heartbeat);
      this._deadline = this._retry = this._heartbeat = 0;
      this._attempt = this._verdict = null;
      const socket = this._socket;
      this._socket = null;
      this.socket_id = undefined;
      if (socket) attempt(() => socket.close());
    }

    _transmit(text) {
      try {
        return this._socket.send(text);
      } catch (error) {
        // Closing already; its end is on the way.
        return false;
      }
    }

    _received(text) {
      if (this.state === 'connected') {
        clearTimeout(this._deadline);
        this._deadline = 0;
      }
      attempt(() => this._client.received(text));
    }

    /** Whatever the server heard meanwhile: it wants to hear something, and so do we. */
    _beat() {
      if (this.state !== 'connected') return;
      this.send(this._client.ping);
      if (!this._deadline) this._expectWithin(this._options.pingTimeout);
    }

    _expectWithin(milliseconds) {
      this._deadline = setTimeout(() => this._ended(4201, 'no sign of life'), milliseconds);
    }

    _ended(closeCode, closeReason, isFinal = false) {
      const wasConnected = this.state === 'connected';
      if (wasConnected && Date.now() - this._since >= stableAfter) this._failures = 0;
      const isSaid = closeCode >= 4000 || !this._verdict;
      const code = isSaid ? closeCode : this._verdict.code;
      const reason = closeReason || (this._verdict ? this._verdict.reason : '');
      this._drop();
      const delay = isFinal ? null : this._delay(code, wasConnected);
      if (delay !== null) {
        this._failures += 1;
        this._hasToWait = code >= 4100 && code < 4200;
        this._retry = setTimeout(() => this._dial(), delay);
      } else {
        this._unwatch();
        this._unwatch = noop;
      }
      this._become('disconnected', { code, reason, retry_in: delay });
    }

    _delay(code, wasConnected) {
      // The one refusal that can be helped, and the one that its client can help.
      const isHelped = code === 4000 && !this._needsTLS;
      if (isHelped) this._needsTLS = true;
      const answered = isHelped || this._client.returns(code, wasConnected) ? 4200 : code;
      return retryDelay(answered, this._failures, this._options.maxDelay, Math.random());
    }

    _become(current, detail) {
      const previous = this.state;
      this.state = current;
      if (previous === 'connected') this._client.lost();
      const change = { previous, current, ...detail };
      this.emit('state_change', change);
      // A listener may have gone on.
      if (this.state === current) this.emit(current, change);
    }
  }

  // MARK: Channels

  /** What `data` says: servers send JSON in a string, or the value itself. A text that is no JSON is what it is. */
  function decoded(data, parse) {
    if (typeof data !== 'string') return data;
    try {
      return parse(data);
    } catch (error) {
      return data;
    }
  }

  function objectOf(value) {
    return value !== null && typeof value === 'object' ? value : {};
  }

  function textOf(value) {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  function typeOf(name) {
    const found = /^(presence|private-encrypted|private)-/.exec(name);
    return found ? found[1].replace('private-', '') : 'public';
  }

  /** A channel that is subscribed to, or will be: its events, and what is sent to it. */
  class Channel extends Emitter {
    constructor(name, push) {
      super();
      this.name = name;
      /** `public`, `private`, `encrypted` or `presence`. */
      this.type = typeOf(name);
      this.subscribed = false;
      /** How many subscribe, where the server tells. */
      this.subscription_count = undefined;
      this._push = push;
      this._queue = [];
      this._timer = 0;
      // Stands for the subscription that was asked for on this connection: `{isSent, isDoubtful}`.
      this._ticket = null;
      this._channelData = undefined;
      this._failures = 0;
    }

    /**
     * Sends an event to the other subscribers; it waits while the channel is not subscribed. False where too many wait,
     * and for a channel that was left. Throws where the name does not begin with `client-`: servers would refuse it.
     */
    trigger(event, data) {
      if (!/^client-/.test(event)) throw new Error(`client events begin with client-, and ${event} does not`);
      if (this._push.channel(this.name) !== this) return false;
      const frame = { event, channel: this.name, data: data === undefined ? {} : data };
      const text = JSON.stringify(frame);
      if (this.subscribed && this._queue.length === 0 && this._push._transmit(text)) return true;
      if (this._queue.length >= this._push.options.queueLimit) return false;
      this._queue.push(text);
      return true;
    }

    unsubscribe() {
      this._push.unsubscribe(this.name);
    }

    /** Whether the server has been asked, and has not answered. */
    get _isWaiting() {
      return this._ticket !== null && this._ticket.isSent && !this._ticket.isDoubtful && !this.subscribed;
    }

    _lost() {
      clearTimeout(this._timer);
      this._timer = 0;
      this._ticket = null;
      this.subscribed = false;
    }

    _received(event, data, metadata) {
      switch (event) {
        case 'pusher_internal:subscription_succeeded':
          return this._succeeded(objectOf(data));
        case 'pusher_internal:subscription_count':
          this.subscription_count = Number(objectOf(data).subscription_count);
          return void this.emit('pusher:subscription_count', data);
        case 'pusher:subscription_error':
          return this._refused(objectOf(data));
      }
      if (!event.startsWith('pusher_internal:')) this.emit(event, data, metadata);
    }

    _succeeded(data) {
      // Of a subscription that was given up meanwhile.
      if (!this._ticket || !this._ticket.isSent) return;
      this._ticket.isDoubtful = false;
      this.subscribed = true;
      this._failures = 0;
      this.emit('pusher:subscription_succeeded', this._welcome(data));
      this._push._flush();
    }

    _welcome(data) {
      return data;
    }

    _refused(error) {
      this._lost();
      this.emit('pusher:subscription_error', error);
    }
  }

  /** The users of a presence channel: each is `{id, info}`. */
  class Members {
    constructor() {
      /** The id of this client's user, where this client has brought it. */
      this.myID = undefined;
      this._byID = new Map();
    }

    get count() {
      return this._byID.size;
    }

    get me() {
      return this.get(this.myID);
    }

    /** Undefined where there is no such user. */
    get(id) {
      return this._byID.get(String(id));
    }

    each(callback) {
      [...this._byID.values()].forEach((member) => callback(member));
    }

    toArray() {
      return [...this._byID.values()];
    }

    _reset(hash) {
      this._byID.clear();
      for (const id of Object.keys(objectOf(hash))) this._add(id, hash[id]);
    }

    _add(id, info) {
      const member = { id: String(id), info: infoOf(info) };
      this._byID.set(member.id, member);
      return member;
    }

    _remove(id) {
      const member = this.get(id);
      this._byID.delete(String(id));
      return member;
    }
  }

  /** Some servers send the JSON of a user's info in a string. */
  function infoOf(info) {
    return typeof info === 'string' && /^\s*[{[]/.test(info) ? decoded(info, JSON.parse) : info;
  }

  class PresenceChannel extends Channel {
    constructor(name, push) {
      super(name, push);
      /** Those of before, while the connection is lost. */
      this.members = new Members();
    }

    _received(event, data, metadata) {
      const { user_id: id, user_info: info } = objectOf(data);
      const isUser = id !== undefined && id !== null;
      if (event === 'pusher_internal:member_added') {
        const isNew = isUser && !this.members.get(id);
        if (isNew) this.emit('pusher:member_added', this.members._add(id, info));
      } else if (event === 'pusher_internal:member_removed') {
        const member = isUser && this.members._remove(id);
        if (member) this.emit('pusher:member_removed', member);
      } else {
        super._received(event, data, metadata);
      }
    }

    _welcome({ presence }) {
      const brought = objectOf(decoded(this._channelData, JSON.parse)).user_id;
      const own = brought === undefined ? this._push.user.id : brought;
      this.members.myID = own === undefined ? undefined : String(own);
      this.members._reset(objectOf(presence).hash);
      return this.members;
    }
  }

  /** The user who has signed in: events to them, whatever their connection, and by `watchlist` whom they follow. */
  class User extends Emitter {
    constructor() {
      super();
      this.id = undefined;
      /** What the backend has signed: an object with `id`, and `user_info` where there is one. */
      this.data = undefined;
      this.watchlist = new Emitter();
    }
  }

  /** An authorization that was refused, or did not come. */
  class AuthError extends Error {
    constructor(status, message) {
      super(message);
      this.status = status;
    }

    get isTransient() {
      return this.status === 0 || this.status === 429 || this.status >= 500;
    }
  }

  /**
   * Asks a backend, by a URL, `{url, params, headers, credentials}` or a function, to sign what `form` says. Resolves
   * with its answer, which has `auth`.
   */
  function authorize({ options, connection }, endpoint, form) {
    const address = typeof endpoint === 'string' ? { url: endpoint } : endpoint;
    const ask = typeof endpoint === 'function'
      ? endpoint
      : () => authorizeByPost(connection._environment, address, form);
    return within(options.authTimeout, promiseOf(ask, form)).then((reply) => {
      if (typeof objectOf(reply).auth === 'string') return reply;
      throw new AuthError(200, 'the answer has no auth');
    }).catch((error) => {
      throw error instanceof AuthError ? error : new AuthError(0, String((error && error.message) || error));
    });
  }

  function authorizeByPost(environment, { url, params, headers, credentials }, form) {
    const request = { url, headers: valueOf(headers), credentials };
    return post(environment, request, { ...valueOf(params), ...form }).then(({ status, body }) => {
      if (status !== 200) throw new AuthError(status, `${status} from ${url}`);
      return decoded(body, JSON.parse);
    });
  }

  /**
   * A connection to one app of a server, and its channels. Options: `url`, `app_key`; `auth` and `user_auth` (see
   * `authorize`), `channel_data` (a value, or a function of the channel's name), `access_token` (a text, or a function
   * that gives one or a promise of it), `protocol` (7 for servers that insist on it), `query` (more of it), `parse` (in
   * place of `JSON.parse`), `WebSocket` (a constructor), `platform` (`uni`, `wx`, or what does as they do), and those
   * of `defaults`.
   *
   * Emits every event of its channels too, and `pusher:error`, `pusher:signin_success`, `pusher:signin_error`.
   */
  class Push extends Emitter {
    constructor(options) {
      super();
      this.options = withDefaults(options);
      if (!this.options.app_key) throw new TypeError('app_key is missing');
      this._base = baseOf(this.options.url);
      this._parse = this.options.parse || JSON.parse;
      this._channels = new Map();
      this._hasObjects = false;
      this._wantsSignin = false;
      // `{isSent, timer}` while it goes on.
      this._signingIn = null;
      this._allowance = new Allowance(burst, spacing);
      this._flushTimer = 0;
      this.user = new User();
      this.connection = new Connection(this.options, {
        ping: '{"event":"pusher:ping","data":{}}',
        address: () => this._address(),
        opened: noop,
        received: (text) => this._received(text),
        lost: () => this._lost(),
        returns: () => false,
      });
      this.connect();
    }

    /** Connects again, after `disconnect` or a refusal. */
    connect() {
      if (!Push.instances.includes(this)) Push.instances.push(this);
      this.connection.connect();
    }

    /** Ends the connection. The channels stay, and are subscribed again after `connect`. */
    disconnect() {
      Push.instances = Push.instances.filter((one) => one !== this);
      this.connection.disconnect();
    }

    /** The channel of that name, which is subscribed as soon as can be. A refused one is asked for again. */
    subscribe(name) {
      const channel = this._channels.get(String(name)) || this._made(String(name));
      this._subscribe(channel);
      return channel;
    }

    unsubscribe(name) {
      const channel = this._channels.get(name);
      if (!channel) return;
      this._channels.delete(name);
      if (channel._ticket && channel._ticket.isSent) {
        // Servers of that dialect want to be told again who leaves.
        const again = this._hasObjects && channel.type === 'presence' ? channel._channelData : undefined;
        this._send('pusher:unsubscribe', { channel: name, channel_data: again && textOf(again) });
      }
      channel._lost();
      channel._queue = [];
    }

    unsubscribeAll() {
      [...this._channels.keys()].forEach((name) => this.unsubscribe(name));
    }

    /** Subscribes all channels that are not, as each new connection does by itself. */
    subscribeAll() {
      this.allChannels().forEach((channel) => this._subscribe(channel));
    }

    /** Undefined where nobody has subscribed to it. */
    channel(name) {
      return this._channels.get(name);
    }

    allChannels() {
      return [...this._channels.values()];
    }

    /** As `channel(name).trigger`; false where there is no such channel. */
    trigger(name, event, data) {
      const channel = this._channels.get(name);
      return channel ? channel.trigger(event, data) : false;
    }

    /** Signs in the user whom `user_auth` names, now and with each new connection. */
    signin() {
      if (!this.options.user_auth) throw new TypeError('user_auth is missing');
      this._wantsSignin = true;
      this._signin();
    }

    // Connection

    _address() {
      const { app_key: key, access_token: token, protocol, query } = this.options;
      return promiseOf(token).then((text) => {
        const parameters = queryOf({
          ...(protocol && { protocol, client: 'push.js', version }), access_token: text, ...valueOf(query),
        });
        return `${this._base}/app/${encodeURIComponent(key)}${parameters && `?${parameters}`}`;
      });
    }

    _send(event, data) {
      return this.connection.send(JSON.stringify({ event, data }));
    }

    _received(text) {
      let frame;
      try {
        frame = this._parse(text);
      } catch (error) {
        return;
      }
      const { event, channel: name } = objectOf(frame);
      if (typeof event !== 'string') return;
      const data = decoded(frame.data, this._parse);
      switch (event) {
        case 'pusher:connection_established': return this._established(frame, objectOf(data));
        case 'pusher:ping': return void this._send('pusher:pong', {});
        case 'pusher:pong': return;
        case 'pusher:error': return this._failed(objectOf(data), name);
        case 'pusher:terminate_connection': return this._terminated(objectOf(data));
        case 'pusher:signin_success': return this._signedIn(objectOf(data));
        case 'pusher_internal:watchlist_events': return this._watched(objectOf(data));
      }
      const channel = this._channels.get(name);
      const metadata = { event, channel: name, user_id: frame.user_id, raw: frame.data };
      if (channel) channel._received(event, data, metadata);
      if (!event.startsWith('pusher_internal:')) this.emit(event, data, metadata);
    }

    _established(frame, { socket_id: id, activity_timeout: seconds }) {
      if (this.connection.state === 'connected') return;
      this._hasObjects = typeof frame.data === 'object';
      this.connection.socket_id = String(id === undefined ? frame.socketId : id);
      this._allowance.refill();
      this.connection._greeted(Number(seconds));
      this._signin();
      this.subscribeAll();
    }

    _failed({ code, message }, name) {
      const number = code === null || code === undefined || Number.isNaN(Number(code)) ? null : Number(code);
      const error = { code: number, message: String(message) };
      // Some servers close without a code, and some not at all.
      if (number >= 4000 && number < 4300) this.connection._expectEnd(number, error.message);
      // Otherwise it may be the answer to anything that was asked for, and does not say to what.
      else if (number < 4300 && !name) this._doubt(error);
      const channel = this._channels.get(name);
      if (channel) channel.emit('pusher:error', error);
      this.connection.emit('error', error);
      this.emit('pusher:error', error);
    }

    /** Servers of the older dialects refuse without the name of what they refuse. */
    _doubt(error) {
      const waiting = this.options.protocol ? [] : this.allChannels().filter((one) => one._isWaiting);
      const tickets = waiting.map((one) => one._ticket);
      const isSignins = this._signingIn !== null && this._signingIn.isSent;
      if (isSignins) this._signinFailed(error);
      // Where another one was meant, the answer still comes.
      for (const ticket of tickets) ticket.isDoubtful = true;
      if (waiting.length === 1 && !isSignins) {
        waiting[0].emit('pusher:subscription_error', { type: 'Refused', error: error.message, status: error.code });
      }
    }

    _terminated({ type, message }) {
      this.connection._expectEnd(type === 'heartbeat' ? 4201 : 4009, String(message));
    }

    _lost() {
      this._signinEnded();
      clearTimeout(this._flushTimer);
      this._flushTimer = 0;
      this.user.id = this.user.data = undefined;
      for (const channel of this.allChannels()) {
        channel._lost();
        channel._failures = 0;
      }
    }

    // Subscriptions

    _made(name) {
      const channel = new (typeOf(name) === 'presence' ? PresenceChannel : Channel)(name, this);
      this._channels.set(name, channel);
      return channel;
    }

    _subscribe(channel) {
      if (this.connection.state !== 'connected' || (channel._ticket && !channel._ticket.isDoubtful)) return;
      // Who has signed in may join these as that user: they come after it.
      const isOfUser = channel.name.startsWith('#') || channel.type === 'presence';
      if (this._signingIn && isOfUser) return;
      clearTimeout(channel._timer);
      const ticket = channel._ticket = { isSent: false, isDoubtful: false };
      if (channel.type === 'public') return this._join(channel, {});
      promiseOf(() => this._authorized(channel)).then((signed) => {
        if (channel._ticket === ticket) this._join(channel, signed);
      }, (error) => {
        if (channel._ticket === ticket) this._unauthorized(channel, error);
      });
    }

    _join(channel, signed) {
      channel._ticket.isSent = true;
      channel._channelData = signed.channel_data;
      this._send('pusher:subscribe', { channel: channel.name, ...signed });
    }

    /** Resolves with `auth` and, for presence, `channel_data` in the form that the backend has signed. */
    _authorized({ name, type }) {
      const { auth, channel_data: option } = this.options;
      const given = valueOf(option, name);
      const form = {
        channel_name: name, socket_id: this.connection.socket_id, channel_data: given && textOf(given),
      };
      const asked = auth ? authorize(this, auth, form) : Promise.resolve({});
      return asked.then(({ auth: signature, channel_data: answered }) => {
        const own = this._hasObjects ? decoded(given, JSON.parse) : form.channel_data;
        return { auth: signature, channel_data: type === 'presence' ? answered || own : undefined };
      });
    }

    _unauthorized(channel, { status = 0, message, isTransient }) {
      channel._failures += 1;
      const delay = isTransient && channel._failures < authorizationAttempts
        ? retryDelay(1006, channel._failures, this.options.maxDelay, Math.random())
        : null;
      channel._refused({ type: 'AuthError', error: message, status, retry_in: delay });
      // The listener may have asked again, or for nothing any more.
      if (delay === null || channel._ticket || this.channel(channel.name) !== channel) return;
      channel._timer = setTimeout(() => this._subscribe(channel), delay);
    }

    // Client events

    _transmit(text) {
      const isSent = this.connection.send(text);
      if (isSent) this._allowance.take();
      return isSent;
    }

    /** Sends what waits, one of each channel in turn, as fast as servers take it. */
    _flush() {
      clearTimeout(this._flushTimer);
      this._flushTimer = 0;
      for (;;) {
        const waiting = this.allChannels().filter((one) => one.subscribed && one._queue.length > 0);
        if (waiting.length === 0) return;
        for (const { _queue: queue } of waiting) {
          const delay = this._allowance.take();
          if (delay > 0) {
            this._flushTimer = setTimeout(() => this._flush(), delay);
            return;
          }
          // What the connection does not take goes out on the next one.
          if (!this.connection.send(queue[0])) return;
          queue.shift();
        }
      }
    }

    // The user

    _signin() {
      if (!this._wantsSignin || this.connection.state !== 'connected' || this._signingIn || this.user.id) return;
      const current = this._signingIn = { isSent: false, timer: 0 };
      authorize(this, this.options.user_auth, { socket_id: this.connection.socket_id }).then((signed) => {
        if (this._signingIn !== current) return;
        current.isSent = this._send('pusher:signin', { auth: signed.auth, user_data: signed.user_data });
        const { authTimeout: time } = this.options;
        const late = { message: `no answer within ${time} ms`, status: 0 };
        current.timer = setTimeout(() => this._signinFailed(late), time);
      }, ({ message, status }) => {
        if (this._signingIn === current) this._signinFailed({ message, status });
      });
    }

    _signedIn(data) {
      const user = objectOf(decoded(data.user_data, JSON.parse));
      this._signinEnded();
      if (user.id === undefined) return;
      this.user.id = String(user.id);
      this.user.data = user;
      const name = `#server-to-user-${this.user.id}`;
      if (!this._channels.has(name)) {
        this._made(name).on_global((event, ...values) => this.user.emit(event, ...values));
      }
      this.emit('pusher:signin_success', user);
      this.subscribeAll();
    }

    _signinEnded() {
      if (this._signingIn) clearTimeout(this._signingIn.timer);
      this._signingIn = null;
    }

    _signinFailed(error) {
      this._signinEnded();
      this.emit('pusher:signin_error', error);
      this.subscribeAll();
    }

    _watched({ events }) {
      for (const event of Array.isArray(events) ? events : []) {
        this.user.watchlist.emit(objectOf(event).name, event);
      }
    }
  }

  // MARK: Chat

  /** What the chat server refused, or what ended before it was answered. */
  class ChatError extends Error {
    constructor({ code, message, client_id: clientID }) {
      super(String(message));
      /** As the protocol has it; 0 where the connection was ended, 408 where no answer came. */
      this.code = code;
      this.client_id = clientID;
    }
  }

  /** Unique, not secret: mini programs have no `crypto`. */
  function newClientID() {
    const part = () => Math.floor(Math.random() * 0x100000000).toString(16).padStart(8, '0');
    return `${Date.now().toString(16)}-${part()}${part()}`;
  }

  /**
   * Frames that are answered, in the order they were asked for. They outlive a lost connection and go out again with
   * the same `client_id`, which makes that harmless.
   */
  class Requests {
    /** `transmit(frame)` returns false where there is no session. */
    constructor(limit, transmit) {
      this._limit = limit;
      this._transmit = transmit;
      this._waiting = new Map();
      this._isOpen = false;
      this._timer = 0;
      this._allowance = new Allowance(framesAtOnce, frameEvery);
    }

    /** Resolves with the answer, rejects with a `ChatError`. For a question, unlike a message, the wait has an end. */
    ask(frame, { isQuestion = false } = {}) {
      const request = { frame: { ...frame, client_id: frame.client_id || newClientID() }, isQuestion, isSent: false };
      const { client_id: id } = request.frame;
      return new Promise((resolve, reject) => {
        const refuse = (code, message) => reject(new ChatError({ code, message, client_id: id }));
        if (this._waiting.has(id)) return refuse(400, 'client_id is in use');
        if (this._waiting.size >= this._limit) return refuse(429, 'too many messages and questions wait');
        Object.assign(request, { resolve, reject });
        if (isQuestion) request.timer = setTimeout(() => this._settle(id) && refuse(408, 'no answer'), questionTimeout);
        this._waiting.set(id, request);
        this._next();
      });
    }

    /** Whether the frame was an answer. */
    take(frame) {
      const request = answers.test(frame.type) && this._waiting.get(frame.client_id);
      if (!request) return false;
      if (frame.code === 429) {
        request.isSent = false;
        this._wait(Math.min(Math.max(Number(frame.retry_after) || 0, frameEvery), 10000));
        return true;
      }
      this._settle(frame.client_id);
      if (frame.type === 'error' || frame.code >= 300) request.reject(new ChatError(frame));
      else request.resolve(frame);
      this._next();
      return true;
    }

    /** A session is open: everything goes out. */
    begin() {
      this._isOpen = true;
      this._allowance.refill();
      for (const request of this._waiting.values()) request.isSent = false;
      this._next();
    }

    /** The session is over, and another will come. */
    pause() {
      this._isOpen = false;
      clearTimeout(this._timer);
      this._timer = 0;
    }

    /** No other session will come. */
    end(code, message) {
      this.pause();
      for (const [id, request] of this._waiting) {
        this._settle(id);
        request.reject(new ChatError({ code, message, client_id: id }));
      }
    }

    _settle(id) {
      const request = this._waiting.get(id);
      if (request) clearTimeout(request.timer);
      return this._waiting.delete(id);
    }

    _next() {
      if (!this._isOpen || this._timer) return;
      let questions = [...this._waiting.values()].filter((one) => one.isQuestion && one.isSent).length;
      for (const request of this._waiting.values()) {
        if (request.isSent || (request.isQuestion && questions >= questionsAtOnce)) continue;
        const delay = this._allowance.take();
        if (delay > 0) return this._wait(delay);
        if (!this._transmit(request.frame)) return;
        request.isSent = true;
        questions += request.isQuestion ? 1 : 0;
      }
    }

    _wait(milliseconds) {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => {
        this._timer = 0;
        this._next();
      }, milliseconds);
    }
  }

  /**
   * The chat of one user. Options: `url`, `access_token` (a text, or a function that gives one or a promise of it),
   * `device` (the device token of an earlier login), `since` (the id of the last message that is kept), `ack` (true:
   * what the listeners have had is acknowledged; `manual`: what is given to `ack`; false: the server sees for itself),
   * `echo` (whether one hears what the user's other terminals send), `WebSocket`, `platform`, and those of `defaults`.
   *
   * Emits `message` with each message, those that were missed first, and each once; `typing` `{uid}`; `read`
   * `{uid, id}`; `login` with what the server said of it; `refused` `{code, message}` where it does not let the user
   * in, or not any longer; `delayed` where what was missed comes behind what is new; `error` `{code, message}` of a frame
   * whose answer nobody waits for.
   */
  class Chat extends Emitter {
    constructor(options) {
      super();
      this.options = withDefaults(options, { ack: true, echo: false });
      this._base = baseOf(this.options.url);
      this.uid = this.source = this.session = undefined;
      /** The device token: who keeps it and gives it to the next Chat is the same terminal there. */
      this.device = this.options.device;
      /** The id up to which everything has come, where `since` or a message has named one. */
      this.since = this.options.since;
      this._isDelayed = false;
      this._token = '';
      this._known = new Set();
      this._acked = '';
      this._ackDue = '';
      this._ackTimer = 0;
      this._requests = new Requests(this.options.outboxLimit, (frame) => this._send(frame));
      this.connection = new Connection(this.options, {
        ping: '{"type":"ping"}',
        address: () => this._address(),
        opened: () => this.connection._transmit(this._loginFrame()),
        received: (text) => this._received(text),
        lost: () => this._lost(),
        // A login that has run out may be had anew.
        returns: (code, was) => code === 4009 && was && typeof this.options.access_token === 'function',
      });
      this.connection.on('disconnected', ({ code, reason, retry_in: delay }) => {
        if (delay === null) this._requests.end(code === 1000 ? 0 : code, reason || 'the connection was ended');
      });
      this.connect();
    }

    /** Connects again, after `disconnect` or a refusal. */
    connect() {
      this.connection.connect();
    }

    /** Ends the connection; what was not answered is rejected. */
    disconnect() {
      this._acknowledge();
      this.connection.disconnect();
    }

    /** Logs in with another token of the same user, before the one at hand expires or after it was refused. */
    login(token) {
      this.options.access_token = token;
      if (this.connection.state !== 'connected') return this.connect();
      this._resolveToken().then(() => this.connection.send(this._loginFrame()), report);
    }

    /**
     * Sends a message to a uid, or to several. Resolves with `{id, client_id, onLine, stored}` when the server has it,
     * however many connections that takes. `members`: `type`, `client_id`, and what else is to be forwarded.
     */
    send(to, content, members) {
      return this._requests.ask({ type: 'chat', ...members, to_uid: to, content }).then((answer) => {
        const data = objectOf(answer.data);
        return {
          id: answer.id,
          client_id: answer.client_id,
          onLine: data.onLine === 1,
          stored: answer.stored !== false && data.stored !== false,
        };
      });
    }

    /** Tells that the user is typing, where there is a connection. */
    typing(to) {
      return this._send({ type: 'typing', to_uid: to });
    }

    /** What the two said, newest first: `{messages, more}`. `query`: `before` (an id), `limit` (1-100). */
    history(peer, query) {
      return this._ask({ type: 'history', ...query, with: peer })
        .then(({ messages, more }) => ({ messages, more: more === true }));
    }

    /** How many messages of each peer are unread. */
    unread() {
      return this._ask({ type: 'unread' }).then(({ data }) => data);
    }

    /** Everything of the peer up to that id is read. */
    read(peer, id) {
      return this._ask({ type: 'read', uid: peer, id }).then(noop);
    }

    /** Who of them is online: `{alice: 1, carol: 0}`. */
    online(uids) {
      return this._ask({ type: 'online', uid: uids }).then(({ data }) => data);
    }

    /** With `ack: 'manual'`: everything up to that id is kept here. */
    ack(id) {
      if (isAbove(id, this._acked)) this._acked = String(id);
      this._acknowledgeSoon(id);
    }

    // Connection

    _address() {
      const { ack, echo } = this.options;
      return this._resolveToken().then(() => `${this._base}/?${queryOf({
        ack: ack ? 1 : undefined, echo: echo ? 1 : undefined, token: this.device,
        // Where the server keeps the place by acks, its own is the better one.
        since: ack && this.uid !== undefined ? undefined : this.options.since && this.since,
      })}`);
    }

    _resolveToken() {
      return promiseOf(this.options.access_token).then((token) => { this._token = token; });
    }

    /** Not in the URL: it stays out of the logs of proxies. */
    _loginFrame() {
      return JSON.stringify({ type: 'login', access_token: this._token });
    }

    _send(frame) {
      return this.connection.send(JSON.stringify(frame));
    }

    _ask(frame) {
      return this._requests.ask(frame, { isQuestion: true });
    }

    _lost() {
      clearTimeout(this._ackTimer);
      this._ackTimer = 0;
      this._ackDue = '';
      this._isDelayed = false;
      this._requests.pause();
    }

    // Frames

    _received(text) {
      let frame;
      try {
        frame = JSON.parse(text);
      } catch (error) {
        return;
      }
      if (typeof objectOf(frame).type !== 'string' || this._requests.take(frame)) return;
      const { type, code, message, uid, id } = frame;
      switch (type) {
        case 'login': return code === 200 ? this._loggedIn(objectOf(frame.data)) : this._refused(code, message);
        case 'kick': return this._refused(code, message);
        case 'error': return void this.emit('error', { code, message });
        case 'typing': return void this.emit('typing', { uid });
        case 'read': return void this.emit('read', { uid, id });
        case 'history': return code === 503 ? this._delayed() : undefined;
      }
      if (!reserved.test(type) && 'content' in frame) this._message(frame);
    }

    _loggedIn(data) {
      if (data.uid !== undefined) this.uid = String(data.uid);
      this.source = data.source;
      this.session = data.session;
      if (typeof data.token === 'string') this.device = data.token;
      const isRenewed = this.connection.state === 'connected';
      if (!isRenewed) this.connection._greeted(Number(data.ping));
      this.emit('login', data);
      if (!isRenewed) this._requests.begin();
    }

    /** The close follows; not every platform passes its code on. */
    _refused(code, message) {
      const closeCodes = { 401: 4009, 441: 4010, 503: 4100 };
      this.connection._expectEnd(closeCodes[code] || 4009, String(message));
      this.emit('refused', { code, message });
    }

    _delayed() {
      this._isDelayed = true;
      this.emit('delayed');
    }

    _message(message) {
      const { id, uid, to_uid: to } = message;
      const isNew = this._isNew(id, to);
      if (isNew) this.emit('message', message);
      if (typeof id !== 'string' || (uid === this.uid && to !== this.uid)) return;
      if (!this._isDelayed && isAbove(id, this.since)) this.since = id;
      if (isNew && this.options.ack === true) this.ack(id);
      // The ack of it was lost with a connection.
      else if (!isNew && !isAbove(id, this._acked)) this._acknowledgeSoon(id);
    }

    /** What one sent to many comes back once for each of them. */
    _isNew(id, to) {
      if (id === undefined) return true;
      const key = `${id} ${to}`;
      if (this._known.has(key)) return false;
      this._known.add(key);
      if (this._known.size > idsKept) this._known.delete(this._known.values().next().value);
      return true;
    }

    _acknowledgeSoon(id) {
      if (isAbove(id, this._ackDue)) this._ackDue = String(id);
      if (!this._ackTimer) this._ackTimer = setTimeout(() => this._acknowledge(), ackDelay);
    }

    _acknowledge() {
      clearTimeout(this._ackTimer);
      this._ackTimer = 0;
      if (this._ackDue) this._send({ type: 'ack', id: this._ackDue });
    }
  }

  /** Ids are decimal texts, and the longer one is the greater. */
  function isAbove(id, other) {
    const [a, b] = [String(id), String(other === undefined || other === null ? '' : other)];
    return a.length === b.length ? a > b : a.length > b.length;
  }

  /** Those that are connected, or want to be. */
  Push.instances = [];
  Push.version = version;
  Push.Chat = Chat;
  Push.Emitter = Emitter;
  // For who imports it by the interop of CommonJS.
  Push.default = Push.Push = Push;
  return Push;
});
