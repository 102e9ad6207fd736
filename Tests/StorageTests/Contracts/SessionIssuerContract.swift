// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Storage
import Testing

/// What every session issuer does. The store is empty at first.
func verifySessionIssuer(
    _ issuer: any SessionIssuer, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    #expect(try await issuer.record(of: "a") == nil, "no record at first", sourceLocation: sourceLocation)
    try await issuer.setRecord(nil, of: "a")
    #expect(try await issuer.record(of: "a") == nil, "removing none does nothing", sourceLocation: sourceLocation)

    let bytes = Array(0...255) as [UInt8]
    try await issuer.setRecord(bytes, of: "a")
    #expect(try await issuer.record(of: "a") == bytes, "any bytes", sourceLocation: sourceLocation)
    #expect(try await issuer.record(of: "A") == nil, "names differ by case", sourceLocation: sourceLocation)

    try await issuer.setRecord([], of: "b@c:d-e_f")
    #expect(try await issuer.record(of: "b@c:d-e_f") == [], "an empty record is one", sourceLocation: sourceLocation)

    try await issuer.setRecord([1], of: "a")
    #expect(try await issuer.record(of: "a") == [1], "the new one counts", sourceLocation: sourceLocation)
    try await issuer.setRecord(nil, of: "a")
    #expect(try await issuer.record(of: "a") == nil, "a removed one is gone", sourceLocation: sourceLocation)
    #expect(try await issuer.record(of: "b@c:d-e_f") == [], "and no other", sourceLocation: sourceLocation)
}
