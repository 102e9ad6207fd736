// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension ChannelName {
    /// A name of a channel of an app of a dialect; nil where the text is none.
    package init?(_ text: String, dialect: Dialect) {
        self.init(text)
    }
}
