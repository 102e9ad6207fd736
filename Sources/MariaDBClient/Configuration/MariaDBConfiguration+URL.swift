// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension MariaDBConfiguration {
    /// Reads `mysql://user:password@host:port/database?socket=/path&ssl=required`.
    ///
    /// `mariadb://` is the same. User, password, host, database and option values are percent-decoded (`@ : / ? #` of a
    /// password must be encoded). The port defaults to 3306; the host may be missing only with a socket; `ssl` is one
    /// of `off` (default), `preferred`, `required`.
    package init(url: String) throws(MariaDBURLError) {
        guard let separator = url.firstRange(of: "://"),
            ["mysql", "mariadb"].contains(url[..<separator.lowerBound].lowercased())
        else {
            throw MariaDBURLError(.scheme, "the URL must begin with mysql:// or mariadb://")
        }
        let rest = url[separator.upperBound...]
        guard !rest.contains("#") else {
            throw MariaDBURLError(.password, "a '#' must be written %23")
        }
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        let slash = rest[..<question].firstIndex(of: "/") ?? question

        let options = try Options(rest[question...].dropFirst())
        let authority = try Authority(rest[..<slash], needsHost: options.socket == nil)
        let database = try Self.decode(rest[slash..<question].dropFirst(), .database)
        guard !database.isEmpty else {
            throw MariaDBURLError(.database, "the database name is missing: mysql://user:password@host:port/database")
        }
        self.init(
            host: authority.host,
            port: authority.port,
            socketPath: options.socket,
            user: authority.user,
            password: authority.password,
            database: database
        )
        tls = options.tls
    }

    /// `user:password@host:port`; an IPv6 address stands in brackets.
    private struct Authority {
        var user = ""
        var password = ""
        var host: String
        var port: UInt16 = 3306

        init(_ text: Substring, needsHost: Bool) throws(MariaDBURLError) {
            let at = text.lastIndex(of: "@")
            if let at {
                let credentials = text[..<at]
                let colon = credentials.firstIndex(of: ":") ?? credentials.endIndex
                user = try decode(credentials[..<colon], .user)
                password = try decode(credentials[colon...].dropFirst(), .password)
            }
            guard !user.isEmpty else {
                throw MariaDBURLError(.user, "the user is missing: mysql://user:password@host:port/database")
            }
            let address = at.map { text[text.index(after: $0)...] } ?? text
            let hostEnd: Substring.Index
            if address.first == "[" {
                guard let bracket = address.firstIndex(of: "]") else {
                    throw MariaDBURLError(.host, "the address in brackets does not end with ']'")
                }
                host = String(address[..<bracket].dropFirst())
                hostEnd = address.index(after: bracket)
            } else {
                hostEnd = address.firstIndex(of: ":") ?? address.endIndex
                host = try decode(address[..<hostEnd], .host)
            }
            guard !host.isEmpty || !needsHost else {
                throw MariaDBURLError(.host, "the host is missing, and no socket is given")
            }
            let tail = address[hostEnd...]
            guard !tail.isEmpty else { return }
            guard tail.first == ":", let number = UInt16(tail.dropFirst()), number > 0 else {
                throw MariaDBURLError(.port, "the port is not a number from 1 to 65535")
            }
            port = number
        }
    }

    /// `socket=/path&ssl=required`.
    private struct Options {
        var socket: String?
        var tls = TLS.off

        init(_ text: Substring) throws(MariaDBURLError) {
            var seen: Set<Substring> = []
            for option in text.split(separator: "&") {
                let equals = option.firstIndex(of: "=") ?? option.endIndex
                let name = option[..<equals]
                let value = try decode(option[equals...].dropFirst(), .option)
                guard seen.insert(name).inserted else {
                    throw MariaDBURLError(.option, "an option is given twice")
                }
                switch name {
                case "socket":
                    guard value.hasPrefix("/") else {
                        throw MariaDBURLError(.option, "socket must be an absolute path")
                    }
                    socket = value
                case "ssl":
                    guard let mode = TLS(rawValue: value) else {
                        throw MariaDBURLError(.option, "ssl must be off, preferred or required")
                    }
                    tls = mode
                default:
                    throw MariaDBURLError(.option, "an option is unknown; there are socket and ssl")
                }
            }
        }
    }

    /// Undoes percent-encoding. What comes out goes to C, so it may hold no NUL.
    private static func decode(_ text: Substring, _ part: MariaDBURLError.Part) throws(MariaDBURLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                throw MariaDBURLError(part, "the \(part.rawValue) holds a '%' that is not followed by two hex digits")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw MariaDBURLError(part, "the \(part.rawValue) is not UTF-8 text once decoded, or holds a NUL")
        }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
