import Foundation
import Testing
import TradewindJSON

/// Reads `text` as `type`, writes it again, and wants the same text, or the one given; and Foundation to agree.
private func roundTrip<T: Codable & Equatable>(
    _ value: T, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(try String(decoding: JSON.encode(value), as: UTF8.self) == text, sourceLocation: sourceLocation)
    #expect(try JSON.decode(T.self, from: text) == value, sourceLocation: sourceLocation)
    #expect(try JSONDecoder().decode(T.self, from: Data(JSON.encode(value))) == value, sourceLocation: sourceLocation)
    #expect(try JSON.decode(T.self, from: Array(JSONEncoder().encode(value))) == value, sourceLocation: sourceLocation)
}

@Suite struct `What the compiler writes for Codable` {
    struct Everything: Codable, Equatable {
        var bool = true, string = "é\n", double = 0.1, float: Float = 2.5, int = -1, int8: Int8 = -8, int16: Int16 = -16
        var int32: Int32 = -32, int64: Int64 = -64, uint: UInt = 1, uint8: UInt8 = 8, uint16: UInt16 = 16
        var uint32: UInt32 = 32, uint64: UInt64 = 64, none: Int?, some: Int? = 5, empty: [Int] = []
    }

    @Test func `covers every scalar`() throws {
        try roundTrip(
            Everything(),
            #"{"bool":true,"string":"é\n","double":0.1,"float":2.5,"int":-1,"int8":-8,"int16":-16,"int32":-32,"int64":-64,"uint":1,"uint8":8,"uint16":16,"uint32":32,"uint64":64,"some":5,"empty":[]}"#
        )
    }

    struct Optionals: Codable, Equatable {
        var bool: Bool?, string: String?, double: Double?, float: Float?, int: Int?, int8: Int8?, int16: Int16?
        var int32: Int32?, int64: Int64?, int128: Int128?, uint: UInt?, uint8: UInt8?, uint16: UInt16?
        var uint32: UInt32?, uint64: UInt64?, uint128: UInt128?, list: [Int]?, price: ExactDecimal?
    }

    @Test func `takes null and a missing member for nil, and what is there for itself`() throws {
        let names = [
            "bool", "string", "double", "float", "int", "int8", "int16", "int32", "int64", "int128", "uint", "uint8",
            "uint16", "uint32", "uint64", "uint128", "list", "price",
        ]
        let nulls = "{" + names.map { "\"\($0)\":null" }.joined(separator: ",") + "}"
        #expect(try JSON.decode(Optionals.self, from: nulls) == Optionals())
        #expect(try JSON.decode(Optionals.self, from: "{}") == Optionals())
        let full = Optionals(
            bool: false, string: "", double: 1.5, float: 1, int: 1, int8: 2, int16: 3, int32: 4, int64: 5, int128: 6,
            uint: 7,
            uint8: 8, uint16: 9, uint32: 10, uint64: 11, uint128: 12, list: [], price: 3)
        #expect(try JSON.decode(Optionals.self, from: JSON.encode(full)) == full)
        #expect(try JSON.encode(Optionals()) == Array("{}".utf8))
    }

    @Test func `finds members in any order, among others that it skips`() throws {
        struct Point: Codable, Equatable { let x: Int, y: Int, z: Int? }
        for text in [
            #"{"x":1,"y":2}"#, #"{"y":2,"x":1}"#, #"{"a":[{"x":9}],"y":2,"b":{"x":8},"x":1,"c":null}"#,
            #"{"\u0079":2,"z":null,"\u0078":1}"#,
        ] {
            #expect(try JSON.decode(Point.self, from: text) == Point(x: 1, y: 2, z: nil))
        }
    }

    enum Shape: Codable, Equatable {
        case circle(radius: Double), square(Int), nothing
        indirect case both(Shape, Shape)
    }

    @Test func `covers enums with associated values`() throws {
        try roundTrip(
            [Shape.circle(radius: 1.5), .square(2), .nothing],
            #"[{"circle":{"radius":1.5}},{"square":{"_0":2}},{"nothing":{}}]"#)
        try roundTrip(
            Shape.both(.nothing, .both(.square(1), .nothing)),
            #"{"both":{"_0":{"nothing":{}},"_1":{"both":{"_0":{"square":{"_0":1}},"_1":{"nothing":{}}}}}}"#)
        #expect(throws: JSONError.self) { try JSON.decode(Shape.self, from: #"{"circle":{"radius":1},"nothing":{}}"#) }
        #expect(throws: JSONError.self) { try JSON.decode(Shape.self, from: #"{"oval":{}}"#) }
    }

    struct Renamed: Codable, Equatable {
        let first: Int, second: String
        enum CodingKeys: String, CodingKey { case first = "the first, with \"quotes\"", second = "второй" }
    }

    @Test func `covers renamed keys`() throws {
        try roundTrip(Renamed(first: 1, second: "2"), #"{"the first, with \"quotes\"":1,"второй":"2"}"#)
    }

    @Test func `covers dictionaries`() throws {
        try roundTrip(["a": 1], #"{"a":1}"#)
        try roundTrip([7: "x"], #"{"7":"x"}"#)
        try roundTrip(["a": [["b": [1.5]]]], #"{"a":[{"b":[1.5]}]}"#)
        try roundTrip([true: 1], "[true,1]")
        let many = Dictionary(uniqueKeysWithValues: (0..<100).map { ("key \($0)", $0) })
        #expect(try JSON.decode([String: Int].self, from: JSON.encode(many)) == many)
        let numbered = Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, "\($0)") })
        #expect(try JSON.decode([Int: String].self, from: JSON.encode(numbered)) == numbered)
        #expect(throws: JSONError.self) { try JSON.decode([Int: Int].self, from: #"{"x":1}"#) }
    }

    @Test func `covers scalars at the top`() throws {
        try roundTrip(5, "5")
        try roundTrip("x", #""x""#)
        try roundTrip(true, "true")
        try roundTrip(1.5, "1.5")
        try roundTrip(Float(1.5), "1.5")
        try roundTrip([Int?.none, 1], "[null,1]")
        try roundTrip(Int?.some(1), "1")
        #expect(try JSON.decode(Int?.self, from: "null") == nil)
        #expect(try JSON.encode(Int?.none) == Array("null".utf8))
    }

    @Test func `covers arrays of everything`() throws {
        try roundTrip([true, false], "[true,false]")
        try roundTrip(["", "a\"b"], #"["","a\"b"]"#)
        try roundTrip([[1], [], [2, 3]], "[[1],[],[2,3]]")
        try roundTrip(Set([1]), "[1]")
        #expect(
            try JSON.decode([UInt8].self, from: "[\(Array(repeating: "7", count: 10_000).joined(separator: ","))]")
                .count == 10_000)
    }

    class Animal: Codable {
        var legs = 4
        init() {}
    }

    final class Dog: Animal {
        var name = "Rex"
        private enum Keys: CodingKey { case name }
        override init() { super.init() }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            name = try container.decode(String.self, forKey: .name)
            try super.init(from: container.superDecoder())
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try super.encode(to: container.superEncoder())
            try container.encode(name, forKey: .name)
        }
    }

    final class Cat: Animal {
        var lives = 9
        private enum Keys: CodingKey { case lives }
        override init() { super.init() }

        required init(from decoder: any Decoder) throws {
            lives = try decoder.container(keyedBy: Keys.self).decode(Int.self, forKey: .lives)
            try super.init(from: decoder)
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try super.encode(to: encoder)
            try container.encode(lives, forKey: .lives)
        }
    }

    @Test func `covers classes that inherit, in a container of their own or in the same`() throws {
        #expect(try JSON.encode(Dog()) == Array(#"{"super":{"legs":4},"name":"Rex"}"#.utf8))
        #expect(try JSON.encode(Cat()) == Array(#"{"legs":4,"lives":9}"#.utf8))
        let dog = try JSON.decode(Dog.self, from: #"{"name":"Fido","super":{"legs":3}}"#)
        #expect(dog.name == "Fido" && dog.legs == 3)
        let cat = try JSON.decode(Cat.self, from: #"{"lives":7,"legs":2}"#)
        #expect(cat.lives == 7 && cat.legs == 2)
        #expect(throws: JSONError.self) { try JSON.decode(Dog.self, from: #"{"name":"Fido"}"#) }
    }

    @Test func `covers a type without properties`() throws {
        struct Empty: Codable, Equatable {}
        try roundTrip(Empty(), "{}")
        try roundTrip([Empty(), Empty()], "[{},{}]")
    }
}
