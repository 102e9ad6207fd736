// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

extension APIError {
    /// The refusal with the status and the words that callers of a dialect know it by. What their server never refused
    /// keeps ours.
    package func worded(for dialect: Dialect) -> APIError {
        switch dialect {
        case .pusher: self
        case .webmanPush: self.inWebmanPush
        case .workbunny2, .workbunny3: self.inWorkbunny
        }
    }

    private var inWebmanPush: APIError {
        switch self.reason {
        case .noKey, .nothingThere: .badRequest("Bad Request", reason: self.reason)
        case .unknownApp: .unauthorized("Invalid app_key", reason: self.reason)
        case .wrongSignature: .unauthorized("Invalid signature", reason: self.reason)
        case .noBatch: .badRequest("Bad request", reason: self.reason)
        case .noEventName, .noEventData, .other: self
        }
    }

    private var inWorkbunny: APIError {
        switch self.reason {
        case .noKey: .badRequest("Required auth_key", reason: self.reason)
        case .unknownApp: .unauthorized("Invalid auth_key", reason: self.reason)
        case .wrongSignature: .unauthorized("Invalid signature", reason: self.reason)
        case .nothingThere: .notFound("Not Found.", reason: self.reason)
        case .noEventName: .badRequest("Required name", reason: self.reason)
        case .noEventData: .badRequest("Required data", reason: self.reason)
        case .noBatch: .badRequest("Required batch", reason: self.reason)
        case .other: self
        }
    }
}
