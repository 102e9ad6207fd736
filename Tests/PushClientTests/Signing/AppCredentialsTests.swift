// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushClient
import Testing

/// The examples of Pusher's documentation, with the digest of the third computed anew.
@Suite struct AppCredentialsTests {
    private let app = AppCredentials(id: "3", key: "278d425bdf160c739803", secret: "7ad3773142a6692b25b8")

    @Test func aUserIsSigned() {
        let user = self.app.userAuthentication(socketID: "1234.1234", userData: #"{"id":"12345"}"#)
        #expect(
            user.auth
                == "278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba")
        #expect(self.app.userAuthentication(socketID: "1234.1234", userID: "12345") == user)
    }

    @Test func aPrivateChannelIsSigned() {
        #expect(
            self.app.authorization(socketID: "1234.1234", channel: "private-foobar").auth
                == "278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4")
    }

    @Test func aPresenceChannelIsSigned() throws {
        let data = #"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#
        let authorization = self.app.authorization(
            socketID: "1234.1234", channel: "presence-foobar", channelData: data)
        #expect(
            authorization.auth
                == "278d425bdf160c739803:31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80")
        #expect(authorization.channelData == data)
        let made = try self.app.authorization(
            socketID: "1.2", channel: "presence-x", userID: "a\"b", userInfo: ["n": "/"])
        #expect(made.channelData == #"{"user_id":"a\"b","user_info":{"n":"/"}}"#)
    }

    @Test func aCallIsSigned() {
        // The body whose MD5 the example has.
        let body = #"{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}"#
        let query = self.app.signedQuery(method: "POST", path: "/apps/3/events", body: body.utf8, time: 1_353_088_179)
        #expect(
            query == "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0"
                + "&body_md5=ec365a775a4cd0599faeb73354201b6f"
                + "&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c")
    }

    @Test func parametersAreSortedAndEncoded() {
        let query = self.app.signedQuery(
            method: "GET", path: "/apps/3/channels", parameters: ["Info": "a,b", "filter_by_prefix": "x y"],
            body: "".utf8, time: 1)
        #expect(
            query.hasPrefix(
                "auth_key=278d425bdf160c739803&auth_timestamp=1&auth_version=1.0&filter_by_prefix=x%20y&info=a%2Cb&"))
        #expect(!query.contains("body_md5"))
    }

    @Test func theSecretIsInNoDescription() {
        #expect(!"\(self.app) \(String(reflecting: self.app))".contains("7ad3773142a6692b25b8"))
    }
}
