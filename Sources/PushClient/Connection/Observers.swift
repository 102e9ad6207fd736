// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Those who want to hear what a client tells, each with a buffer of its own.
struct Observers<Element: Sendable>: Sendable {
    private struct Observer: Sendable {
        weak var buffer: EventBuffer<Element>?
    }

    private var observers: [Observer] = []

    /// Another one, who hears this first.
    mutating func add(limit: Int, first: Element? = nil) -> ClientEvents<Element> {
        let buffer = EventBuffer<Element>(limit: limit)
        if let first { buffer.push(first) }
        self.observers.removeAll { $0.buffer == nil }
        self.observers.append(Observer(buffer: buffer))
        return ClientEvents(buffer: buffer)
    }

    /// Tells all of them.
    func tell(_ element: Element) {
        for observer in self.observers { observer.buffer?.push(element) }
    }

    /// Nothing more comes.
    func finish() {
        for observer in self.observers { observer.buffer?.finish() }
    }
}
