// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension RedisConfiguration {
    /// Reads `redis://[user:password@]host[:port][/database]`; everything else keeps its default.
    ///
    /// User and password may be percent-encoded; a user may be left out (`redis://:password@host`), and an IPv6
    /// address stands in brackets.
    ///
    /// - Throws: `RedisError` of code `invalidConfiguration` that names the part which is wrong and quotes none of it,
    ///   because a password that was not encoded may have slipped into any part.
    package init(url: String) throws(RedisError) {
        self.init()
        var rest = url[...]
        guard let scheme = rest.splitOff(through: "://") else {
            throw Self.invalid("the URL does not begin with redis://")
        }
        switch scheme.lowercased() {
        case "redis": break
        case "rediss": throw Self.invalid("rediss:// (TLS) is not supported")
        default: throw Self.invalid("the scheme is not redis")
        }

        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        rest = rest[authority.endIndex...]
        if rest.contains("@") {
            throw Self.invalid("a '/', '?' or '#' stands before the '@': percent-encode it in user and password")
        }
        if rest.contains("?") || rest.contains("#") {
            throw Self.invalid("there is a query or a fragment, which has no meaning here")
        }

        var address = authority
        if let at = authority.lastIndex(of: "@") {
            try self.readLogin(authority[..<at])
            address = authority[authority.index(after: at)...]
        }
        try self.readAddress(address)
        try self.readDatabase(rest.dropFirst())
        try self.validate()
    }

    private mutating func readLogin(_ login: Substring) throws(RedisError) {
        guard let colon = login.firstIndex(of: ":") else {
            throw Self.invalid("there is a user but no password before the '@'")
        }
        let user = try Self.percentDecoded(login[..<colon], of: "user")
        let password = try Self.percentDecoded(login[login.index(after: colon)...], of: "password")
        guard !password.isEmpty else { throw Self.invalid("the password is empty") }
        self.user = user.isEmpty ? nil : user
        self.password = password
    }

    private mutating func readAddress(_ address: Substring) throws(RedisError) {
        var port: Substring?
        if address.first == "[" {
            guard let end = address.firstIndex(of: "]") else { throw Self.invalid("the '[' of the host is not closed") }
            self.host = String(address[address.index(after: address.startIndex)..<end])
            let tail = address[address.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw Self.invalid("something stands after the host's ']'") }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            self.host = String(parts[0])
            port = parts.count > 1 ? parts[1] : nil
        }
        guard let port else { return }
        guard let number = Self.decimal(port) else { throw Self.invalid("the port is not a number from 1 to 65535") }
        self.port = number
    }

    private mutating func readDatabase(_ database: Substring) throws(RedisError) {
        guard !database.isEmpty else { return }
        guard let number = Self.decimal(database) else { throw Self.invalid("the database is not a number from 0 up") }
        self.database = number
    }

    /// `Int` alone would take a sign.
    private static func decimal(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(text) : nil
    }

    private static func percentDecoded(_ text: Substring, of part: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var input = text.utf8[...]
        while let byte = input.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard
                let high = input.popFirst().flatMap(Self.hexDigit),
                let low = input.popFirst().flatMap(Self.hexDigit)
            else { throw Self.invalid("the \(part) holds a '%' without two hexadecimal digits: write '%' as '%25'") }
            bytes.append(high << 4 | low)
        }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw Self.invalid("the \(part) is not UTF-8 when decoded")
        }
        return string
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func invalid(_ message: String) -> RedisError {
        RedisError(.invalidConfiguration, "Redis URL: \(message)")
    }
}

extension Substring {
    /// Takes everything before the separator and drops both; `nil`, and no change, when it does not occur.
    fileprivate mutating func splitOff(through separator: String) -> Substring? {
        guard let range = self.firstRange(of: separator) else { return nil }
        let head = self[..<range.lowerBound]
        self = self[range.upperBound...]
        return head
    }
}
