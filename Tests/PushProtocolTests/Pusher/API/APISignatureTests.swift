// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushProtocol
import Testing

@Suite("HTTP API: signatures")
struct APISignatureTests {
    private static let secret = PusherSecret("7ad3773142a6692b25b8")
    private static let seconds: Int64 = 1_353_088_179
    private static let body = #"{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}"#
    /// The example of Pusher's reference.
    private static let query =
        "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0"
        + "&body_md5=ec365a775a4cd0599faeb73354201b6f"
        + "&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"

    /// Reads and verifies a call; nil where it is accepted.
    private func refusal(
        _ query: String, method: String = "POST", path: String = "/apps/3/events", body: String? = nil,
        seconds: Int64 = Self.seconds, secret: PusherSecret = Self.secret
    ) -> APIError? {
        do throws(APIError) {
            let signature = try APISignature(method: method, path: path, parameters: APIParameters(query))
            try signature.verify(with: secret, seconds: seconds)
            try signature.verify(body: ByteBuffer(string: body ?? Self.body).readableBytesView)
            return nil
        } catch {
            return error
        }
    }

    /// A query with a signature over a text that the test writes itself.
    private func signed(_ query: String, over text: String) -> String {
        "\(query)&auth_signature=\(Self.secret.sign(text))"
    }

    private static let auth = "auth_key=k&auth_timestamp=1353088179&auth_version=1.0"

    @Test("Pusher's own example is accepted, in whatever order and case its parameters stand")
    func vector() {
        #expect(self.refusal(Self.query) == nil)
        let parameters = Self.query.split(separator: "&")
        #expect(self.refusal(parameters.reversed().joined(separator: "&")) == nil)
        #expect(self.refusal(Self.query.replacing("auth_key", with: "AUTH_Key")) == nil)
        #expect(self.refusal(Self.query.replacing("body_md5", with: "Body_MD5")) == nil)
    }

    @Test("whatever else is signed than was sent is 401")
    func changed() {
        for (from, to) in [
            ("1353088179", "1353088180"), ("278d425bdf160c739803", "278d425bdf160c739804"), ("&body", "&x=1&body"),
            ("ec365a77", "ec365a78"), ("=da45", "=da46"), ("7e6c", "7e6"), ("7e6c", "7e6cc"), ("da4548", "DA4548"),
        ] {
            #expect(self.refusal(Self.query.replacing(from, with: to))?.status == 401, "\(from) -> \(to)")
        }
        #expect(self.refusal(Self.query, method: "GET")?.status == 401)
        #expect(self.refusal(Self.query, path: "/apps/4/events")?.status == 401)
        #expect(self.refusal(Self.query, body: Self.body + " ")?.status == 401)
        #expect(self.refusal(Self.query, body: "")?.status == 401)
        #expect(self.refusal(Self.query, secret: PusherSecret("other"))?.status == 401)
    }

    @Test("a refusal says what should have been signed, and neither the secret nor a digest")
    func legible() throws {
        let refusal = try #require(self.refusal(Self.query.replacing("=da45", with: "=0000")))
        #expect(refusal.message.contains(#"POST\n/apps/3/events\nauth_key=278d425bdf160c739803&auth_timestamp="#))
        #expect(refusal.message.contains("body_md5=ec365a775a4cd0599faeb73354201b6f"))
        #expect(!refusal.message.contains("auth_signature="))
        #expect(!refusal.message.contains("da454824"))
        #expect(!refusal.message.contains("7ad37731"))
    }

    @Test("a clock may be off by 600 seconds either way, and no more", arguments: [-601, -600, 600, 601] as [Int64])
    func clock(offset: Int64) {
        let refusal = self.refusal(Self.query, seconds: Self.seconds + offset)
        #expect((refusal == nil) == (abs(offset) <= 600))
        if let refusal {
            #expect(refusal.status == 401)
            #expect(refusal.message.contains("600 seconds"))
        }
    }

    @Test(
        "a timestamp that is no number of seconds is 401",
        arguments: ["-1", "1353088179.0", "0x10", "1e9", "%20", "9223372036854775808", "-9223372036854775808", "９"])
    func timestamp(text: String) {
        let query = Self.query.replacing("1353088179", with: text)
        #expect(self.refusal(query)?.status == 401)
    }

    @Test("the largest timestamp there is does not trap")
    func largestTimestamp() {
        let query = Self.query.replacing("1353088179", with: "9223372036854775807")
        #expect(self.refusal(query, seconds: 0)?.status == 401)
        #expect(self.refusal(query, seconds: -1)?.status == 401)
    }

    @Test(
        "a call without a part of its signature is 401, and hears which",
        arguments: ["auth_key", "auth_timestamp", "auth_version", "auth_signature"])
    func missing(name: String) {
        let rest = Self.query.split(separator: "&").filter { !$0.hasPrefix(name) }
        for query in [rest.joined(separator: "&"), (rest + ["\(name)="]).joined(separator: "&")] {
            #expect(self.refusal(query)?.status == 401)
            #expect(self.refusal(query)?.message == "\(name) is missing")
        }
    }

    @Test("another version is 401", arguments: ["1", "1.1", "2.0", "1.0.0"])
    func version(text: String) {
        #expect(self.refusal(Self.query.replacing("auth_version=1.0", with: "auth_version=\(text)"))?.status == 401)
    }

    @Test("what is signed is decoded: an escaped comma and a plain one both verify")
    func escapes() {
        let text = "GET\n/apps/3/channels\n\(Self.auth)&filter_by_prefix=presence-&info=user_count,subscription_count"
        for info in [
            "user_count,subscription_count", "user_count%2Csubscription_count", "user_count%2csubscription_count",
        ] {
            let query = self.signed("\(Self.auth)&filter_by_prefix=presence-&info=\(info)", over: text)
            #expect(self.refusal(query, method: "GET", path: "/apps/3/channels", body: "") == nil, "\(info)")
        }
    }

    @Test("names are signed in lower case and in the order of their bytes; those of one name as they stand")
    func order() {
        let text = "GET\n/apps/3/channels\na=4\n&a_b=2&\(Self.auth)&channels[]=z&channels[]=b&z="
        let query = self.signed("z=&channels[]=z&A_B=2&channels%5B%5D=b&\(Self.auth)&a=4%0A", over: text)
        #expect(self.refusal(query, method: "GET", path: "/apps/3/channels", body: "") == nil)
    }

    @Test("a path is signed as it was sent, or as it reads without its escapes")
    func escapedPath() {
        for path in ["/apps/3/channels/a@b", "/apps/3/channels/a%40b"] {
            let query = self.signed(Self.auth, over: "GET\n\(path)\n\(Self.auth)")
            #expect(self.refusal(query, method: "GET", path: "/apps/3/channels/a%40b", body: "") == nil, "\(path)")
        }
        let query = self.signed(Self.auth, over: "GET\n/apps/3/channels/a%40b\n\(Self.auth)")
        #expect(self.refusal(query, method: "GET", path: "/apps/3/channels/a@b", body: "")?.status == 401)
    }

    @Test("a body has to be signed; the digest of no body is as good as none")
    func bodies() {
        let empty = "d41d8cd98f00b204e9800998ecf8427e"
        let plain = self.signed(Self.auth, over: "GET\n/apps/3/channels\n\(Self.auth)")
        #expect(self.refusal(plain, method: "GET", path: "/apps/3/channels", body: "") == nil)
        #expect(self.refusal(plain, method: "GET", path: "/apps/3/channels", body: "{}")?.status == 401)
        for (digest, isAccepted) in [(empty, true), (empty.uppercased(), true), ("", false), ("d41d8cd9", false)] {
            let parameters = "\(Self.auth)&body_md5=\(digest)"
            let query = self.signed(parameters, over: "GET\n/apps/3/channels\n\(parameters)")
            let refusal = self.refusal(query, method: "GET", path: "/apps/3/channels", body: "")
            #expect((refusal == nil) == isAccepted, "\(digest)")
        }
    }

    @Test("parameters that are too many, or no UTF-8, are 400")
    func badParameters() {
        #expect(self.refusal("\(Self.query)&a=%ff")?.status == 400)
        #expect(self.refusal("\(Self.query)&%ff=a")?.status == 400)
        let many = (0...APIParameters.maximumCount).map { "p\($0)=1" }.joined(separator: "&")
        #expect(self.refusal(many)?.status == 400)
    }
}
