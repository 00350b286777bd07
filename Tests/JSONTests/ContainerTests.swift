import Testing
import TradewindJSON

@Suite struct `Containers used by hand` {
    enum Key: String, CodingKey { case a, b, list }

    private struct Written: Encodable {
        let body: @Sendable (any Encoder) throws -> Void
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }

    private struct Read: Decodable {
        @TaskLocal static var body: @Sendable (any Decoder) throws -> Void = { _ in }
        init(from decoder: any Decoder) throws { try Self.body(decoder) }
    }

    private func write(_ body: @escaping @Sendable (any Encoder) throws -> Void) throws -> String {
        try String(decoding: JSON.encode(Written(body: body)), as: UTF8.self)
    }

    private func read(_ text: String, _ body: @escaping @Sendable (any Decoder) throws -> Void) throws {
        try Read.$body.withValue(body) { _ = try JSON.decode([Read].self, from: "[\(text)]") }
    }

    @Test func `may be filled in any order`() throws {
        let text = try write { encoder in
            var outer = encoder.container(keyedBy: Key.self)
            var first = outer.nestedContainer(keyedBy: Key.self, forKey: .a)
            var second = outer.nestedUnkeyedContainer(forKey: .list)
            try second.encode(1)
            try first.encode("x", forKey: .a)
            try outer.encode(true, forKey: .b)
            var third = second.nestedContainer(keyedBy: Key.self)
            var fourth = second.nestedUnkeyedContainer()
            try second.encode(2)
            try fourth.encodeNil()
            try third.encodeNil(forKey: .b)
            try first.encode(["y"], forKey: .b)
        }
        #expect(text == #"{"a":{"a":"x","b":["y"]},"list":[1,{"b":null},[null],2],"b":true}"#)
    }

    @Test func `that start with a nested one keep their commas`() throws {
        let text = try write { encoder in
            var list = encoder.unkeyedContainer()
            _ = list.nestedUnkeyedContainer()
            _ = list.superEncoder()
            try list.encode(1)
            #expect(list.count == 3)
        }
        #expect(text == "[[],{},1]")
    }

    @Test func `tell their paths`() throws {
        _ = try write { encoder in
            var outer = encoder.container(keyedBy: Key.self)
            try outer.encode(1, forKey: .a)
            var list = outer.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            let inner = list.nestedContainer(keyedBy: Key.self)
            #expect(inner.codingPath.map(\.stringValue) == ["list", "Index 1"])
            #expect(inner.codingPath.map(\.intValue) == [nil, 1])
            #expect(list.codingPath.map(\.stringValue) == ["list"])
            #expect(outer.codingPath.isEmpty && encoder.codingPath.isEmpty)
        }
        try read(#"{"list":[0,{"a":1}]}"#) { decoder in
            let outer = try decoder.container(keyedBy: Key.self)
            var list = try outer.nestedUnkeyedContainer(forKey: .list)
            _ = try list.decode(Int.self)
            let inner = try list.nestedContainer(keyedBy: Key.self)
            #expect(inner.codingPath.map(\.stringValue) == ["Index 0", "list", "Index 1"])
            #expect(list.codingPath.count == 2)
            #expect(decoder.codingPath.count == 1)
            #expect(decoder.userInfo.isEmpty)
        }
    }

    @Test func `know what they hold`() throws {
        try read(#"{"b":null,"other":1,"a":{"a":1}}"#) { decoder in
            let object = try decoder.container(keyedBy: Key.self)
            #expect(object.allKeys == [.b, .a])
            #expect(object.contains(.a) && object.contains(.b) && !object.contains(.list))
            #expect(try object.decodeNil(forKey: .b))
            #expect(try !object.decodeNil(forKey: .a))
            #expect(try object.nestedContainer(keyedBy: Key.self, forKey: .a).decode(Int.self, forKey: .a) == 1)
            #expect(try object.superDecoder(forKey: .a).container(keyedBy: Key.self).contains(.a))
            #expect(throws: DecodingError.self) { try object.superDecoder() }
            #expect(throws: DecodingError.self) { try object.decodeNil(forKey: .list) }
        }
    }

    @Test func `of arrays step over what was read only`() throws {
        try read(#"[1,"two",null,[4],{"a":5},6.5,true]"#) { decoder in
            var list = try decoder.unkeyedContainer()
            #expect(list.count == 7)
            #expect(throws: DecodingError.self) { try list.decode(String.self) }
            #expect(try list.decode(Int.self) == 1)
            #expect(try !list.decodeNil())
            #expect(try list.decode(String.self) == "two")
            #expect(list.currentIndex == 2)
            #expect(try list.decodeNil())
            var inner = try list.nestedUnkeyedContainer()
            #expect(try inner.decode(Int8.self) == 4)
            #expect(inner.isAtEnd)
            #expect(try list.nestedContainer(keyedBy: Key.self).decode(Int.self, forKey: .a) == 5)
            #expect(try list.superDecoder().singleValueContainer().decode(Double.self) == 6.5)
            #expect(try list.decodeIfPresent(Bool.self) == true)
            #expect(list.isAtEnd)
            #expect(throws: DecodingError.self) { try list.decode(Bool.self) }
            #expect(throws: DecodingError.self) { try list.decodeNil() }
            #expect(throws: DecodingError.self) { try list.nestedUnkeyedContainer() }
        }
    }

    @Test func `write nothing for a member that failed and was forgiven`() throws {
        struct Half: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(1, forKey: .a)
                _ = container.nestedUnkeyedContainer(forKey: .list)
                throw CancellationError()
            }
        }
        let text = try write { encoder in
            var outer = encoder.container(keyedBy: Key.self)
            try? outer.encode(Half(), forKey: .a)
            try? outer.encode(Double.nan, forKey: .b)
            try outer.encode([1], forKey: .list)
        }
        #expect(text == #"{"list":[1]}"#)
        let list = try write { encoder in
            var outer = encoder.unkeyedContainer()
            try? outer.encode(Half())
            try? outer.encode(Float.infinity)
            try outer.encode(2)
            #expect(outer.count == 1)
        }
        #expect(list == "[2]")
        let single = try write { encoder in
            var container = encoder.singleValueContainer()
            try? container.encode(Half())
            try container.encode("else")
        }
        #expect(single == #""else""#)
    }

    @Test func `of two kinds for one value are refused`() {
        #expect(throws: JSONError.self) {
            try write { encoder in
                var list = encoder.unkeyedContainer()
                try list.encode(1)
                var object = encoder.container(keyedBy: Key.self)
                try object.encode(1, forKey: .a)
            }
        }
        #expect(throws: JSONError.self) {
            try write { encoder in
                _ = encoder.unkeyedContainer()
                _ = encoder.container(keyedBy: Key.self).codingPath
            }
        }
        #expect(throws: JSONError.self) {
            try write { encoder in
                var value = encoder.singleValueContainer()
                try value.encode(1)
                try value.encode(2)
            }
        }
    }

    @Test func `kept beyond their time are refused and harm nothing`() throws {
        final class Keeper: Encodable {
            var kept: KeyedEncodingContainer<Key>?
            func encode(to encoder: any Encoder) throws {
                kept = encoder.container(keyedBy: Key.self)
                try kept?.encode(1, forKey: .a)
            }
        }
        let keeper = Keeper()
        #expect(try JSON.encode(keeper) == Array(#"{"a":1}"#.utf8))
        #expect(throws: EncodingError.self) { try keeper.kept?.encode(2, forKey: .b) }
        #expect(try JSON.encode([1]) == Array("[1]".utf8))
    }

    @Test func `may read and write other texts meanwhile`() throws {
        let text = try write { encoder in
            var list = encoder.unkeyedContainer()
            try list.encode(String(decoding: JSON.encode(["in": [1, 2]]), as: UTF8.self))
        }
        #expect(text == #"["{\"in\":[1,2]}"]"#)
        try read(#"{"a":"[1,2]","b":3}"#) { decoder in
            let object = try decoder.container(keyedBy: Key.self)
            #expect(try JSON.decode([Int].self, from: object.decode(String.self, forKey: .a)) == [1, 2])
            #expect(try object.decode(Int.self, forKey: .b) == 3)
        }
    }
}
