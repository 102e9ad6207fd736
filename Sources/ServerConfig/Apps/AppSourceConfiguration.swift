// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/// Who knows apps beside those of the file.
package struct AppSourceConfiguration: Sendable {
    package enum Source: String, CaseIterable, Sendable {
        /// Nobody.
        case file
        case http
        case redis
    }

    package var source: Source
    /// Asked `?key=KEY` or `?id=ID`; nil where there is none.
    package var url: String?
    /// Sent to the URL as a bearer token; nil = none.
    package var token: String?
    /// The hash of apps.
    package var redisKey: String
    /// How long an app counts as it was answered.
    package var cacheTime: Duration
    /// The most apps that are kept.
    package var cacheSize: Int

    init(_ reader: ConfigurationReader) {
        self.source = reader.oneOf("apps.source", default: .file)
        self.url = reader.optional("apps.url", .webURL)
        self.token = reader.optional("apps.token", .secret)
        self.redisKey = reader.value("apps.redisKey", default: "push-server:apps", .redisKey)
        self.cacheTime = reader.duration("apps.cacheTime", default: .seconds(60), in: .seconds(1) ... .seconds(86_400))
        self.cacheSize = reader.int("apps.cacheSize", default: 10_000, in: 1...1_000_000)
    }
}

extension ConfigurationType<String> {
    fileprivate static var webURL: ConfigurationType {
        ConfigurationType(expectation: "a URL that begins with http:// or https:// and has no fragment") { text in
            let isWeb = ["http://", "https://"].contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
            return isWeb && text.utf8.count <= 2048 && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
                && !text.contains("#") ? text : nil
        }
    }

    fileprivate static var redisKey: ConfigurationType {
        ConfigurationType(expectation: "1-256 bytes without line breaks") { text in
            1...256 ~= text.utf8.count && !text.contains(where: \.isNewline) ? text : nil
        }
    }
}
