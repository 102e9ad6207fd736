// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PushProtocol

/// Where a request in workbunny's dialect goes, and the part of what is signed that comes before the body.
struct WorkbunnyTarget {
    let url: String
    /// The method, the path, and the query sorted by names as PHP's `http_build_query` writes it, a line each.
    let signed: String

    /// - Parameters:
    ///   - url: of the receiver; what stands in its query is signed too.
    ///   - id: of the request, which is added to the query.
    init(url: String, id: String) {
        let head = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = head.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var items = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentEncoding.decode($0, plusIsSpace: true) ?? String($0) }
            return (name: pair[0], value: pair.count > 1 ? pair[1] : "")
        }.filter { $0.name != "id" }
        items.append((name: "id", value: id))
        items.sort { $0.name < $1.name }
        let query = items.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        self.url = "\(parts[0])?\(query)"
        let path = URLComponents(string: String(parts[0]))?.percentEncodedPath ?? ""
        self.signed = "POST\n\(path.isEmpty ? "/" : path)\n\(query)\n"
    }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            case UInt8(ascii: " "):
                encoded += "+"
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
