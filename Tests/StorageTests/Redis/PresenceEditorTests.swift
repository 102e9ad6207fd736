// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import PushCore
import PushProtocol
import Testing

@testable import Storage

struct PresenceEditorTests {
    private let editor = PresenceEditor(
        address: AdvertisedAddress(ip: "10.0.0.1", port: 9501, udpPort: 9502), format: .json
    )

    private func change(
        _ session: UInt64, _ source: String = "app", time: Int64 = 100, isOnline: Bool = true
    ) -> PresenceChange {
        PresenceChange(uid: "u", source: source, session: SessionID(rawValue: session), time: time, isOnline: isOnline)
    }

    private func edit(
        _ stored: String?, _ changes: PresenceChange..., keepsNewer: Bool = false
    ) -> (value: String?, fields: [PresenceEditor.Field]) {
        let edit = self.editor.edit(stored.map { ByteBuffer(string: $0) }, with: changes, keepsNewer: keepsNewer)
        return (edit.value.map { String(buffer: $0) }, edit.fields)
    }

    private static let ours =
        #"{"app":{"time":100,"fd":7,"port":9501,"ip":"10.0.0.1","udp_port":9502}}"#
    private static let elsewhere =
        #"{"app":{"time":200,"fd":7,"port":9501,"ip":"10.0.0.2","udp_port":9502}}"#
    private static let session = ByteBuffer(string: #"{"uid":"u","isServer":false,"source":"app","time":100}"#)

    @Test func aLoginWritesTheTerminalAndTheSession() {
        let edit = self.edit(nil, self.change(7))
        #expect(edit.value == Self.ours)
        #expect(edit.fields == [.set(SessionID(rawValue: 7), Self.session)])
    }

    @Test func theEndOfTheLastTerminalRemovesTheUser() {
        let edit = self.edit(Self.ours, self.change(7, isOnline: false))
        #expect(edit.value == nil)
        #expect(edit.fields == [.remove(SessionID(rawValue: 7))])
    }

    @Test func otherSourcesStayAsTheyAre() {
        let others = #""pc":{"fd":"8","ip":"10.0.0.9","port":"1","more":[1,{"a":null}]},"weixin":7"#
        let stored = "{\(others)}"
        let online = self.edit(stored, self.change(7)).value
        #expect(online == "{\(others),\(Self.ours.dropFirst())")
        #expect(self.edit(online, self.change(7, isOnline: false)).value == stored)
    }

    @Test func severalSourcesChangeAtOnce() {
        let stored = self.edit(nil, self.change(1), self.change(2, "pc")).value
        let edit = self.edit(
            stored, self.change(1, isOnline: false), self.change(3, "weixin", time: 5),
            self.change(2, "pc", isOnline: false)
        )
        #expect(edit.value == #"{"weixin":{"time":5,"fd":3,"port":9501,"ip":"10.0.0.1","udp_port":9502}}"#)
        #expect(edit.fields.count == 3)
    }

    @Test(arguments: [
        Self.elsewhere, #"{"app":{"time":100,"fd":8,"port":9501,"ip":"10.0.0.1"}}"#,
        #"{"app":{"time":100,"fd":7,"port":9503,"ip":"10.0.0.1"}}"#, #"{"app":{"ip":"10.0.0.1"}}"#, #"{"app":null}"#,
    ])
    func theEndOfASessionLeavesTheEntryOfAnotherAlone(_ stored: String) {
        let edit = self.edit(stored, self.change(7, isOnline: false))
        #expect(edit.value == stored, "byte for byte")
        #expect(edit.fields == [.remove(SessionID(rawValue: 7))])
    }

    @Test func numbersWrittenAsTextAreTheSameNumbers() {
        let stored = #"{"app":{"time":"100","fd":"7","port":"9501","ip":"10.0.0.1"}}"#
        #expect(self.edit(stored, self.change(7, isOnline: false)).value == nil)
    }

    @Test func aSessionThatWasReplacedHereGoesWithIt() {
        let edit = self.edit(Self.ours, self.change(8, time: 300))
        #expect(edit.value == #"{"app":{"time":300,"fd":8,"port":9501,"ip":"10.0.0.1","udp_port":9502}}"#)
        #expect(edit.fields.count == 2)
        #expect(edit.fields.contains(.removeIfEqual(SessionID(rawValue: 7), Self.session)))
    }

    @Test func aSessionThatWasReplacedElsewhereIsTheOtherNodes() {
        let edit = self.edit(Self.elsewhere, self.change(8, time: 300))
        #expect(edit.value == #"{"app":{"time":300,"fd":8,"port":9501,"ip":"10.0.0.1","udp_port":9502}}"#)
        #expect(edit.fields.count == 1)
    }

    @Test(arguments: [(199, false), (200, false), (201, true)] as [(Int64, Bool)])
    func puttingRightLeavesATerminalThatMovedToAnotherNode(_ time: Int64, isWritten: Bool) {
        let edit = self.edit(Self.elsewhere, self.change(9, time: time), keepsNewer: true)
        #expect((edit.value != Self.elsewhere) == isWritten)
        #expect(edit.fields.count == 1, "but its session is here still")
        #expect(self.edit(Self.elsewhere, self.change(9, time: time)).value != Self.elsewhere, "a login is the newest")
    }

    @Test func puttingRightWritesOverWhatThisNodeWroteLater() {
        #expect(self.edit(Self.ours, self.change(8, time: 50), keepsNewer: true).value?.contains("\"fd\":8") == true)
    }

    @Test(arguments: ["", "garbage", "[1]", #"O:1:"A":0:{}"#, #"{"app":"#])
    func aValueThatCannotBeReadIsReplaced(_ stored: String) {
        #expect(self.edit(stored, self.change(7)).value == Self.ours)
        #expect(self.edit(stored, self.change(7, isOnline: false)).value == stored)
    }

    @Test(arguments: PHPValue.Format.allCases, PHPValue.Format.allCases)
    func aValueOfAnyFormatIsChangedIntoTheOneConfigured(_ old: PHPValue.Format, _ new: PHPValue.Format) {
        func editor(_ format: PHPValue.Format) -> PresenceEditor {
            PresenceEditor(address: self.editor.address, format: format)
        }
        let stored = editor(old).edit(nil, with: [self.change(7, "pc")], keepsNewer: false).value
        let changed = editor(new).edit(stored, with: [self.change(8)], keepsNewer: false)
        let expected = editor(new).edit(nil, with: [self.change(7, "pc"), self.change(8)], keepsNewer: false)
        #expect(changed.value == expected.value)
    }

    @Test(arguments: PHPValue.Format.allCases) func readsWhoASessionBelongsTo(_ format: PHPValue.Format) {
        let editor = PresenceEditor(address: self.editor.address, format: format)
        guard case .set(_, let value)? = editor.edit(nil, with: [self.change(7)], keepsNewer: false).fields.first else {
            return #expect(Bool(false), "a login writes its session")
        }
        #expect(PresenceEditor.terminal(ofSessionValue: value) == TerminalDirectory.Terminal(uid: "u", source: "app"))
        #expect(PresenceEditor.terminal(ofSessionValue: ByteBuffer(string: #"{"uid":"u"}"#)) == nil)
        #expect(PresenceEditor.terminal(ofSessionValue: ByteBuffer(string: "?")) == nil)
    }
}
