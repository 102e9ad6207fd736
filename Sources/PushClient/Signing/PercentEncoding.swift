// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Texts in the parts of a URL.
enum PercentEncoding {
    /// Everything but the unreserved characters of RFC 3986 is encoded.
    static func encode(_ text: String) -> String { self.encode(text, keeping: "") }

    /// What may stand in a segment of a path as it is does so: signatures are of the path as it is sent.
    static func encode(pathSegment text: String) -> String { self.encode(text, keeping: "@,;=:+$!*'()") }

    private static func encode(_ text: String, keeping kept: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                bytes.append(byte)
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
            case _ where kept.utf8.contains(byte): bytes.append(byte)
            default: bytes += "%\(Hexadecimal.text(of: [byte]).uppercased())".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Pairs as a query, or as the body of a form.
    static func query(_ parameters: some Sequence<(name: String, value: String)>) -> String {
        parameters.map { "\(self.encode($0.name))=\(self.encode($0.value))" }.joined(separator: "&")
    }
}
