// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import PushProtocol
import Testing

@Suite("JSON as PHP writes it")
struct PHPJSONTests {
    /// What PHP 8.2 made of them.
    static let written = [
        (
            #"{"b":1,"a":{"z":1,"y":[1,{"0":1,"1":2},{}]},"user_id":"100","user_info":"{\"name\":\"a/b\"}"}"#,
            #"{"a":{"z":1,"y":[1,[1,2],[]]},"b":1,"user_id":"100","user_info":"{\"name\":\"a\/b\"}"}"#
        ),
        (
            #"{"f":{"1":1,"0":2},"g":{},"":1,"h":"\u007f\u2028\/é\u0001\u000b\u0008\f\t\n\r","x/y":true,"é":null,"#
                + #""12":3,"-5":{"-0":[]},"2":0}"#,
            #"{"":1,"-5":{"-0":[]},"2":0,"12":3,"f":{"1":1,"0":2},"g":[],"h":""# + "\u{7F}"
                + #"\u2028\/é\u0001\u000b\b\f\t\n\r","x\/y":true,"é":null}"#
        ),
        (#"{"1":"a","0":2}"#, #"[2,"a"]"#),
        ("{}", "[]"),
        (
            #"{"a":"\ud83d\ude00","b":1.50,"c":-0,"d":1e15,"e":0.00001,"g":123456789012345678901234567890}"#,
            #"{"a":"😀","b":1.5,"c":0,"d":1000000000000000,"e":1.0e-5,"g":1.2345678901234568e+29}"#
        ),
        (
            #"{"9223372036854775807":1,"9223372036854775808":1, "B":2,"a":1, " x":[ 1 , 2 ]}"#,
            #"{" x":[1,2],"9223372036854775807":1,"9223372036854775808":1,"B":2,"a":1}"#
        ),
        (
            "{\"a\":[0,-0.0,-0e0,12345678901234567890,-9223372036854775808,-9223372036854775809,1e2,100.0,1.0]}",
            "{\"a\":[0,-0,-0,1.2345678901234567e+19,-9223372036854775808,-9.223372036854776e+18,100,100,1]}"
        ),
        (
            #"{"a":[123456789012345678.0,1e17,12345678901234567.0,0.0001,1e100,1.5e-7,0.1,1234567890.25]}"#,
            #"{"a":[1.2345678901234568e+17,1.0e+17,12345678901234568,0.0001,1.0e+100,1.5e-7,0.1,1234567890.25]}"#
        ),
    ]

    @Test("an object is written as PHP writes it, its members sorted", arguments: written)
    func writes(text: String, expected: String) {
        #expect(PHPJSON.sorted(text, scanner: JSONScanner()) == expected)
    }

    @Test(
        "what PHP could not write again has no form",
        arguments: ["[]", "1", "", "{", #"{"a":1e999}"#, #"{"a":"\ud800"}"#, #"{"\udc00":1}"#, #"{"a":1,"a":2}"#]
    )
    func refuses(text: String) {
        #expect(PHPJSON.sorted(text, scanner: JSONScanner()) == nil)
    }

    @Test("an object is written down to sixteen levels")
    func depth() {
        func nested(_ levels: Int) -> String {
            String(repeating: #"{"a":"#, count: levels - 1) + "{}" + String(repeating: "}", count: levels - 1)
        }
        #expect(PHPJSON.sorted(nested(16), scanner: JSONScanner()) == nested(16).replacing("{}", with: "[]"))
        #expect(PHPJSON.sorted(nested(17), scanner: JSONScanner()) == nil)
    }
}
