// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// push.js as an ES module: a script leaves it in the global object, CommonJS (as Node and bundlers take it) exports it.

import * as loaded from './push.js';

const Push = loaded.default || globalThis.Push;

export default Push;
export const { Chat } = Push;
export { Push };
