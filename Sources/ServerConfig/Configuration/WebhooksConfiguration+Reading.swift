// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Webhooks

extension WebhooksConfiguration {
    init(_ reader: ConfigurationReader) {
        self.init(
            queue: reader.oneOf("webhooks.queue", default: .sqlite),
            stream: reader.value("webhooks.stream", default: Self.defaultStream, .streamKey),
            timeout: reader.duration("webhooks.timeout", default: .seconds(10), in: .seconds(1) ... .seconds(60)),
            leaveDelay: reader.duration("webhooks.leaveDelay", default: .seconds(3), in: .zero ... .seconds(60)),
            grace: reader.duration("webhooks.grace", default: .seconds(10), in: .zero ... .seconds(3600)),
            retryFor: reader.duration("webhooks.retryFor", default: .seconds(300), in: .seconds(1) ... .seconds(86400)),
            maximumBytes: reader.byteCount(
                "webhooks.maxBytes", default: 256 * 1024 * 1024, in: 1024 * 1024...Int(1 << 36))
        )
    }
}

extension ConfigurationType<String> {
    fileprivate static var streamKey: ConfigurationType {
        ConfigurationType(expectation: "1-256 bytes without line breaks") { text in
            1...256 ~= text.utf8.count && !text.contains(where: \.isNewline) ? text : nil
        }
    }
}
