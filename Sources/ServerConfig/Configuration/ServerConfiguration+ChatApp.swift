// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

package import PushCore

extension ServerConfiguration {
    /// The id of the app whose users are those of the chat: the one that `chat.app` names. Where it names none, the only
    /// app of the file that the server wrote itself; nobody else's file makes an app the chat's by being there.
    ///
    /// - Throws: where there is no app of that name.
    package func chatApp(among apps: [AppConfiguration]) throws(ConfigurationError) -> String? {
        guard let id = self.chatApp else {
            return self.appsFile == nil && self.appSource.source == .file && apps.count == 1 ? apps[0].id : nil
        }
        guard apps.contains(where: { $0.id == id }) else {
            let origin = self.entries.first { $0.key == "chat.app" }?.origin ?? .default
            throw ConfigurationError([
                ConfigurationProblem(
                    code: .invalidValue, origin: origin, key: "chat.app", message: "there is no app with this id"
                )
            ])
        }
        return id
    }
}
