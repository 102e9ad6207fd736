// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("HTTP API: signatures of other dialects")
struct APIDialectSignatureTests {
    private static let secret = PusherSecret("a-secret-of-an-app")
    private static let seconds: Int64 = 1_795_210_046
    private static let workbunny = [Dialect.workbunny2, .workbunny3]
    private static let others = [Dialect.webmanPush, .workbunny2, .workbunny3]

    /// Reads and verifies a call; nil where it is accepted.
    ///
    /// - Parameter text: the parameters that the caller signed.
    private func refusal(
        _ query: String, signing text: String, dialect: Dialect, seconds: Int64 = Self.seconds
    ) -> APIError? {
        let signature = Self.secret.sign("GET\n/apps/1/channels\n\(text)")
        do throws(APIError) {
            let parameters = try APIParameters(query: "\(query)&auth_signature=\(signature)", dialect: dialect)
            let call = try APISignature(
                method: "GET", path: "/apps/1/channels", parameters: parameters, dialect: dialect
            )
            try call.verify(with: Self.secret, seconds: seconds)
            return nil
        } catch {
            return error
        }
    }

    @Test("webman/push's own client leaves auth_version out, and is let in; Pusher's may not")
    func withoutVersion() {
        let query = "auth_key=k&auth_timestamp=\(Self.seconds)"
        #expect(self.refusal(query, signing: query, dialect: .webmanPush) == nil)
        #expect(self.refusal(query, signing: query, dialect: .pusher)?.message == "auth_version is missing")
    }

    @Test("workbunny's server signs a version that is missing, and so does its caller", arguments: workbunny)
    func filledVersion(dialect: Dialect) {
        let query = "auth_key=k&auth_timestamp=\(Self.seconds)"
        #expect(self.refusal(query, signing: query + "&auth_version=1.0", dialect: dialect) == nil)
        #expect(self.refusal(query, signing: query, dialect: dialect)?.reason == .wrongSignature)
    }

    @Test(
        "a time that workbunny's caller leaves out is the time of signing, two seconds ago at most",
        arguments: workbunny)
    func filledTime(dialect: Dialect) {
        for (age, isAccepted) in [(0, true), (1, true), (2, true), (3, false), (-1, false), (600, false)]
            as [(Int64, Bool)]
        {
            let signed = "auth_key=k&auth_timestamp=\(Self.seconds - age)&auth_version=1.0"
            let refusal = self.refusal("auth_key=k&auth_version=1.0", signing: signed, dialect: dialect)
            #expect((refusal == nil) == isAccepted, "\(age)")
            let neither = self.refusal("auth_key=k", signing: signed, dialect: dialect)
            #expect((neither == nil) == isAccepted, "\(age)")
        }
        let untimed = "auth_key=k&auth_version=1.0"
        #expect(self.refusal(untimed, signing: untimed, dialect: dialect)?.reason == .wrongSignature)
    }

    @Test("no other dialect does without a time", arguments: [Dialect.pusher, .webmanPush])
    func withoutTime(dialect: Dialect) {
        let signed = "auth_key=k&auth_timestamp=\(Self.seconds)&auth_version=1.0"
        let refusal = self.refusal("auth_key=k&auth_version=1.0", signing: signed, dialect: dialect)
        #expect(refusal?.message == "auth_timestamp is missing")
    }

    @Test("an old call is refused, whoever's it is", arguments: Dialect.allCases)
    func old(dialect: Dialect) {
        for (timestamp, isAccepted) in [(1, false), (-601, false), (-600, true), (600, true), (601, false)] {
            let time = timestamp == 1 ? 1 : Self.seconds + Int64(timestamp)
            let query = "auth_key=k&auth_timestamp=\(time)&auth_version=1.0"
            #expect((self.refusal(query, signing: query, dialect: dialect) == nil) == isAccepted, "\(timestamp)")
        }
    }

    @Test("a version that is given is Pusher's, a time is a number", arguments: others)
    func badValues(dialect: Dialect) {
        for query in [
            "auth_key=k&auth_timestamp=\(Self.seconds)&auth_version=2.0",
            "auth_key=k&auth_timestamp=x&auth_version=1.0",
            "auth_key=k&auth_timestamp=-1&auth_version=1.0", "auth_key=k&auth_timestamp=\(Self.seconds)&auth_version=",
        ] {
            #expect(self.refusal(query, signing: query, dialect: dialect)?.status == 401, "\(query)")
        }
    }

    @Test("a call without a key says so in a way that its dialect can word", arguments: others)
    func withoutKey(dialect: Dialect) {
        let query = "auth_timestamp=\(Self.seconds)&auth_version=1.0"
        #expect(self.refusal(query, signing: query, dialect: dialect)?.reason == .noKey)
        #expect(self.refusal("auth_key=&" + query, signing: query, dialect: dialect)?.reason == .noKey)
    }

    @Test("names are signed with the case that they have, lists joined by commas", arguments: others)
    func lists(dialect: Dialect) {
        let auth = "auth_key=k&auth_timestamp=\(Self.seconds)&auth_version=1.0"
        for (query, text) in [
            ("&info%5B0%5D=a&info%5B1%5D=b", "&info=a,b"), ("&info[]=a&info[]=b", "&info=a,b"),
            ("&info=a%2Cb", "&info=a,b"), ("&z=1+2", "&z=1 2"), ("&info[x]=a&info[x]=b", "&info=b"),
        ] {
            #expect(self.refusal(auth + query, signing: auth + text, dialect: dialect) == nil, "\(query)")
        }
        #expect(self.refusal("Z=1&" + auth, signing: "Z=1&" + auth, dialect: dialect) == nil)
        #expect(self.refusal("Z=1&" + auth, signing: auth + "&z=1", dialect: dialect)?.reason == .wrongSignature)
    }

    @Test("what is used of a repeated parameter is what was signed: nobody can put another in front", arguments: others)
    func repeated(dialect: Dialect) throws {
        let auth = "auth_key=k&auth_timestamp=\(Self.seconds)&auth_version=1.0"
        let query = "filter_by_prefix=forged&\(auth)&filter_by_prefix=signed"
        #expect(self.refusal(query, signing: auth + "&filter_by_prefix=signed", dialect: dialect) == nil)
        #expect(try APIParameters(query: query, dialect: dialect)["filter_by_prefix"] == "signed")
        let list = "info[]=forged&\(auth)&info=signed"
        #expect(self.refusal(list, signing: auth + "&info=signed", dialect: dialect) == nil)
        #expect(try APIParameters(query: list, dialect: dialect)["info"] == "signed")
    }

    @Test("too many parameters are refused in every dialect", arguments: Dialect.allCases)
    func tooMany(dialect: Dialect) {
        let query = repeatElement("a[]=1", count: APIParameters.maximumCount + 1).joined(separator: "&")
        #expect(throws: APIError.self) { try APIParameters(query: query, dialect: dialect) }
    }
}
