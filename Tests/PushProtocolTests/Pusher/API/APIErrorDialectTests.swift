// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("HTTP API: refusals in the words of a dialect")
struct APIErrorDialectTests {
    private static let reasons: [APIError.Reason] = [
        .other, .noKey, .unknownApp, .wrongSignature, .nothingThere, .noEventName, .noEventData, .noBatch,
    ]

    @Test("Pusher's keep ours")
    func pusher() {
        for reason in Self.reasons {
            let error = APIError(status: 418, message: "ours", reason: reason)
            #expect(error.worded(for: .pusher) == error)
        }
    }

    @Test(
        "webman/push's are those of its server",
        arguments: [
            (.noKey, 400, "Bad Request"), (.unknownApp, 401, "Invalid app_key"),
            (.wrongSignature, 401, "Invalid signature"), (.nothingThere, 400, "Bad Request"),
            (.noBatch, 400, "Bad request"), (.other, 418, "ours"), (.noEventName, 418, "ours"),
            (.noEventData, 418, "ours"),
        ] as [(APIError.Reason, Int, String)])
    func webmanPush(reason: APIError.Reason, status: Int, text: String) {
        let error = APIError(status: 418, message: "ours", reason: reason).worded(for: .webmanPush)
        #expect(error == APIError(status: status, message: text, reason: reason))
    }

    @Test(
        "workbunny's are those of its server",
        arguments: [
            (.noKey, 400, "Required auth_key"), (.unknownApp, 401, "Invalid auth_key"),
            (.wrongSignature, 401, "Invalid signature"), (.nothingThere, 404, "Not Found."),
            (.noEventName, 400, "Required name"), (.noEventData, 400, "Required data"),
            (.noBatch, 400, "Required batch"), (.other, 418, "ours"),
        ] as [(APIError.Reason, Int, String)])
    func workbunny(reason: APIError.Reason, status: Int, text: String) {
        for dialect in [Dialect.workbunny2, .workbunny3] {
            let error = APIError(status: 418, message: "ours", reason: reason).worded(for: dialect)
            #expect(error == APIError(status: status, message: text, reason: reason))
        }
    }
}
