import Foundation
import Testing
import TradewindJSON

@Suite struct `Untyped values` {
    @Test func `at random come back as they were`() throws {
        var random = Seeded(3)
        for _ in 0..<3_000 {
            let value = random.value(depth: 5)
            #expect(try JSONValue.parse(value.serialized()) == value)
            #expect(try JSONValue.parse(value.serialized(pretty: true)) == value)
            #expect(try JSON.decode([String: JSONValue].self, from: JSON.encode(["v": value])) == ["v": value])
            #expect(try JSON.encode(value) == value.serialized())
        }
    }

    @Test func `keep a number as it was written and compare it by value`() throws {
        let value = try JSONValue.parse("[2.50,2.5,1e400,12345678901234567890123456789012345678901234567890]")
        #expect(
            String(decoding: value.serialized(), as: UTF8.self)
                == "[2.50,2.5,1e400,12345678901234567890123456789012345678901234567890]")
        #expect(value[0] == value[1])
        #expect(Set([value[0], value[1]]).count == 1)
        #expect(value[0]?.number?.double == 2.5)
        #expect(value[0]?.number?.integer() as Int? == nil)
        #expect(value[2]?.number?.double == nil)
        #expect(value[2]?.number?.decimal == nil)
        #expect(value[2] != value[3])
        #expect(JSONNumber("3.0")?.integer(as: UInt8.self) == 3)
        #expect(JSONNumber("300")?.integer(as: UInt8.self) == nil)
    }

    @Test func `are reached by name and index`() throws {
        let value = try JSONValue.parse(#"{"items":[{"price":2.5},null],"on":true,"name":"x"}"#)
        #expect(value["items"]?[0]?["price"]?.number?.decimal == ExactDecimal("2.5"))
        #expect(value["items"]?[1]?.isNull == true)
        #expect(value["items"]?[2] == nil)
        #expect(value["items"]?["x"] == nil)
        #expect(value["on"]?.bool == true)
        #expect(value["name"]?.string == "x")
        #expect(value["none"] == nil)
    }

    @Test func `keep the order of members, and a member its place`() throws {
        var object = try #require(try JSONValue.parse(#"{"b":1,"a":2,"c":3}"#).object)
        object["a"] = 9
        object["d"] = 4
        object["b"] = nil as JSONValue?
        object["x"] = nil as JSONValue?
        #expect(object.members.map(\.name) == ["a", "c", "d"])
        #expect(String(decoding: JSONValue.object(object).serialized(), as: UTF8.self) == #"{"a":9,"c":3,"d":4}"#)
        #expect(JSONValue.object(object) != ["c": 3, "a": 9, "d": 4])
    }

    @Test func `are set out for people`() throws {
        let value: JSONValue = ["b": [1, [], ["x": nil]], "a": [:], "": true]
        #expect(
            String(decoding: value.serialized(pretty: true, sortedKeys: true), as: UTF8.self) == """
                {
                  "": true,
                  "a": {},
                  "b": [
                    1,
                    [],
                    {
                      "x": null
                    }
                  ]
                }
                """)
    }

    @Test func `pass through Foundation's coders`() throws {
        let value: JSONValue = ["a": [1, "x", true, nil, 2], "n": 7]
        let encoder = JSONEncoder()
        let back = try JSONDecoder().decode(JSONValue.self, from: encoder.encode(value))
        #expect(back["a"] == value["a"])
        #expect(back["n"] == 7)
        let amount = try JSONDecoder().decode(JSONValue.self, from: Data("[2.5,18446744073709551615]".utf8))
        #expect(try amount == JSONValue.parse("[2.5,18446744073709551615]"))
        #expect(try String(decoding: encoder.encode(amount), as: UTF8.self) == "[2.5,18446744073709551615]")
    }
}
