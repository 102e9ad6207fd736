// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Listener
import PushProtocol
import PushTesting
import Testing

@Suite("Limits on connections")
struct ConnectionLimitsTests {
    private static let one = IPAddress("192.0.2.1")
    private static let two = IPAddress("192.0.2.2")

    @Test("at the limit of the node nobody comes, and one that leaves makes room for one")
    func maximum() {
        let limits = ConnectionLimits(maximum: 2, perAddress: nil)
        #expect(limits.connect(Self.one) == nil)
        #expect(limits.connect(Self.two) == nil)
        #expect(limits.connect(IPAddress("192.0.2.3")) == .tooMany)
        #expect(limits.open == 2)
        limits.disconnect(Self.one, isRecognized: false)
        #expect(limits.connect(IPAddress("192.0.2.3")) == nil)
        #expect(limits.connect(Self.one) == .tooMany)
    }

    @Test("at the limit of an address only that address is refused")
    func perAddress() {
        let limits = ConnectionLimits(maximum: nil, perAddress: 3)
        for _ in 0..<3 {
            #expect(limits.connect(Self.one) == nil)
            limits.recognized(Self.one)
        }
        #expect(limits.connect(Self.one) == .tooManyOfAddress)
        #expect(limits.connect(Self.two) == nil)
        limits.disconnect(Self.one, isRecognized: true)
        #expect(limits.connect(Self.one) == nil)
    }

    @Test("an address may have 256 connections without a request, and any number that have sent one")
    func withoutRequest() {
        let limits = ConnectionLimits(maximum: nil, perAddress: nil)
        for _ in 0..<10_000 {
            #expect(limits.connect(Self.one) == nil)
            limits.recognized(Self.one)
        }
        for _ in 0..<256 { #expect(limits.connect(Self.one) == nil) }
        #expect(limits.connect(Self.one) == .tooManyWithoutRequest)
        #expect(limits.connect(Self.two) == nil)
        // One of them says what it wants, another goes: two may come.
        limits.recognized(Self.one)
        limits.disconnect(Self.one, isRecognized: false)
        #expect(limits.connect(Self.one) == nil)
        #expect(limits.connect(Self.one) == nil)
        #expect(limits.connect(Self.one) == .tooManyWithoutRequest)
    }

    @Test("an IPv4 address is one address, mapped into IPv6 or not")
    func mappedAddress() {
        let limits = ConnectionLimits(maximum: nil, perAddress: 1)
        #expect(limits.connect(IPAddress("192.0.2.1")) == nil)
        #expect(limits.connect(IPAddress("::ffff:192.0.2.1")) == .tooManyOfAddress)
    }

    @Test("a connection without an address counts for the node alone")
    func withoutAddress() {
        let limits = ConnectionLimits(maximum: 300, perAddress: 1)
        for _ in 0..<300 { #expect(limits.connect(nil) == nil) }
        #expect(limits.connect(nil) == .tooMany)
        for _ in 0..<300 { limits.disconnect(nil, isRecognized: false) }
        #expect(limits.open == 0)
    }

    @Test("other limits hold for connections that come from then on; those that are open stay and count")
    func update() {
        let limits = ConnectionLimits(maximum: nil, perAddress: nil)
        for _ in 0..<3 { #expect(limits.connect(Self.one) == nil) }
        limits.update(maximum: nil, perAddress: 3)
        #expect(limits.connect(Self.one) == .tooManyOfAddress)
        limits.update(maximum: 2, perAddress: nil)
        #expect(limits.connect(Self.one) == .tooMany)
        #expect(limits.open == 3)
        limits.update(maximum: 4, perAddress: nil)
        #expect(limits.connect(Self.one) == nil)
        #expect(limits.connect(Self.one) == .tooMany)
    }

    @Test("a connection that becomes an address's later counts for it, and is refused where there are too many")
    func assigned() {
        let limits = ConnectionLimits(maximum: nil, perAddress: 2)
        for _ in 0..<3 { #expect(limits.connect(nil) == nil) }
        #expect(limits.assign(Self.one, isRecognized: false) == nil)
        #expect(limits.assign(Self.one, isRecognized: true) == nil)
        #expect(limits.assign(Self.one, isRecognized: true) == .tooManyOfAddress)
        #expect(limits.connect(Self.one) == .tooManyOfAddress)
        #expect(limits.assign(nil, isRecognized: true) == nil)
        #expect(limits.open == 3)
        #expect(limits.refused == 2)
        limits.disconnect(Self.one, isRecognized: false)
        limits.disconnect(Self.one, isRecognized: true)
        limits.disconnect(nil, isRecognized: false)
        #expect(limits.open == 0)
        for _ in 0..<2 { #expect(limits.connect(Self.one) == nil) }
    }

    @Test("only connections without a request count against the 256 of a client behind a proxy")
    func assignedWithoutRequest() {
        let limits = ConnectionLimits(maximum: nil, perAddress: nil)
        for _ in 0..<256 { #expect(limits.assign(Self.one, isRecognized: false) == nil) }
        #expect(limits.assign(Self.one, isRecognized: false) == .tooManyWithoutRequest)
        #expect(limits.assign(Self.one, isRecognized: true) == nil)
        limits.recognized(Self.one)
        #expect(limits.assign(Self.one, isRecognized: false) == nil)
    }

    /// A connection of the model below.
    private struct Connection {
        let address: Int
        var isRecognized = false
    }

    @Test("the counts are those of a plain list of connections, whatever order they come, speak and go in")
    func model() throws {
        try Fuzz.run("connection limits") {
            $0.bytes(2_000)
        } check: { steps, generator in
            let addresses = (0..<4).map { IPAddress("192.0.2.\($0)") }
            let perAddress = generator.once(in: 2) ? nil : 1 + generator.below(300)
            let maximum = generator.once(in: 2) ? nil : 1 + generator.below(600)
            let limits = ConnectionLimits(maximum: maximum, perAddress: perAddress)
            var open: [Connection] = []
            for step in steps {
                let address = Int(step & 3)
                switch step >> 2 {
                case ..<48:
                    let own = open.filter { $0.address == address }
                    var expected: ConnectionLimits.Refusal?
                    if own.count(where: { !$0.isRecognized }) >= 256 { expected = .tooManyWithoutRequest }
                    if let perAddress, own.count >= perAddress { expected = .tooManyOfAddress }
                    if let maximum, open.count >= maximum { expected = .tooMany }
                    let refusal = limits.connect(addresses[address])
                    try #require(refusal == expected)
                    if refusal == nil { open.append(Connection(address: address)) }
                case ..<56:
                    guard let index = open.firstIndex(where: { !$0.isRecognized }) else { continue }
                    open[index].isRecognized = true
                    limits.recognized(addresses[open[index].address])
                default:
                    guard !open.isEmpty else { continue }
                    let gone = open.remove(at: generator.below(open.count))
                    limits.disconnect(addresses[gone.address], isRecognized: gone.isRecognized)
                }
                try #require(limits.open == open.count)
            }
            for gone in open { limits.disconnect(addresses[gone.address], isRecognized: gone.isRecognized) }
            try #require(limits.open == 0)
            // Nothing is left of an address either.
            let room = min(256, perAddress ?? 256, maximum ?? 256)
            for _ in 0..<room { try #require(limits.connect(addresses[0]) == nil) }
        }
    }
}
