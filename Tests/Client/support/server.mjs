// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// push-server as a process, the calls of a backend, and its signatures.

import { spawn, execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { eventually } from './waiting.mjs';

const binary = path.resolve(process.env.PUSH_BINARY || '.build/debug/push-server');

/** The app of the vectors in Pusher's documentation. */
export const app = {
  id: '3', key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8',
  clientEvents: true, clientEventsPerSecond: 10, subscriptionCount: true,
};

const hmac = (text) => createHmac('sha256', app.secret).update(text).digest('hex');

/** What a backend answers to a client that wants to subscribe, or to sign in. */
export function sign(...parts) {
  return `${app.key}:${hmac(parts.join(':'))}`;
}

/** The form that push.js posts, answered as a backend would that lets everybody in. */
export function authorization({ socket_id: socketID, channel_name: channel, channel_data: data }) {
  if (!channel.startsWith('presence-')) return { auth: sign(socketID, channel) };
  return { auth: sign(socketID, channel, data), channel_data: data };
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A server on ports and a data directory of its own, which it keeps over restarts. `members`: more of its app's. */
export class PushServer {
  #environment;
  #child = null;

  static async start(settings = {}, members = {}) {
    const server = new PushServer();
    server.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'push-js-'));
    const [socketPort, udpPort, httpPort] = await freePorts(3);
    Object.assign(server, { socketPort, httpPort, url: `ws://127.0.0.1:${socketPort}` });
    const apps = path.join(server.directory, 'apps.yaml');
    fs.writeFileSync(apps, JSON.stringify({ apps: [{ ...app, ...members }] }));
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PUSH_'));
    server.#environment = {
      ...Object.fromEntries(kept),
      PUSH_WEBSOCKET_PORT: socketPort,
      PUSH_UDP_PORT: udpPort,
      PUSH_HTTP_PORT: httpPort,
      PUSH_DATA_DIRECTORY: path.join(server.directory, 'data'),
      PUSH_APPS_FILE: apps,
      PUSH_CHAT_APP: app.id,
      PUSH_SERVER_LOOPS: 1,
      PUSH_SERVER_DRAIN_TIMEOUT: '2s',
      ...settings,
    };
    await server.startAgain();
    return server;
  }

  async startAgain() {
    const log = fs.openSync(path.join(this.directory, 'server.log'), 'a');
    this.#child = spawn(binary, ['serve'], {
      cwd: this.directory, env: this.#environment, stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    await eventually('the server is ready', () => this.#isReady(), 60000);
  }

  async #isReady() {
    if (this.#child.exitCode !== null) {
      throw new Error(fs.readFileSync(path.join(this.directory, 'server.log'), 'utf8'));
    }
    return (await request('GET', this.httpPort, '/health/ready').catch(() => ({}))).status === 200;
  }

  /** kill -9, or another signal. */
  async kill(signal = 'SIGKILL') {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await once(this.#child, 'exit');
  }

  async remove() {
    await this.kill();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  /** An access token, with grants of channels. */
  async issue(uid, { source = 'app', channels = [] } = {}) {
    const grants = channels.flatMap((channel) => ['--channel', channel]);
    const { stdout } = await promisify(execFile)(
      binary, ['token', 'issue', '--uid', uid, '--source', source, ...grants],
      { cwd: this.directory, env: this.#environment },
    );
    return stdout.split('\n')[0];
  }

  revoke(uid) {
    const options = { cwd: this.directory, env: this.#environment };
    return promisify(execFile)(binary, ['token', 'revoke', '--uid', uid], options);
  }

  /** A signed call below `/apps/ID`. */
  async call(method, below, value) {
    const body = value === undefined ? '' : JSON.stringify(value);
    const target = `/apps/${app.id}${below}`;
    const query = [
      `auth_key=${app.key}`, `auth_timestamp=${Math.floor(Date.now() / 1000)}`, 'auth_version=1.0',
      ...(body ? [`body_md5=${createHash('md5').update(body).digest('hex')}`] : []),
    ].sort().join('&');
    const signature = hmac(`${method}\n${target}\n${query}`);
    const answer = await request(method, this.httpPort, `${target}?${query}&auth_signature=${signature}`, body);
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body);
  }

  publish(channel, name, data) {
    return this.call('POST', '/events', { channel, name, data: JSON.stringify(data) });
  }
}

/** A plain request: `{status, body}`. */
export function request(method, port, target, body = '') {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } : {};
    const asked = http.request({ host: '127.0.0.1', port, method, path: target, headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A backend's endpoint for authorizations: `answer(form, headers)` gives `{status, body}`, or the body of a 200. */
export async function authEndpoint(answer) {
  const asked = [];
  const server = http.createServer((request_, response) => {
    const parts = [];
    request_.on('data', (part) => parts.push(part));
    request_.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
      asked.push(form);
      const given = answer(form, request_.headers);
      const { status = 200, body = given } = given;
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    asked, url: `http://127.0.0.1:${port}/auth`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
