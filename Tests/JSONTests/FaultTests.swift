import Testing
import TradewindJSON

private struct Basket: Codable {
    struct Item: Codable {
        let price: ExactDecimal
        let quantity: Int
        var note: String?
    }
    enum Status: String, Codable, CaseIterable { case open, paid, lost = "not_found" }
    let items: [Item]
    var status: Status?
    var sizes: [String: [UInt8]]?
}

/// What the reading of a type says about a text.
private func fault<T: Decodable>(_ type: T.Type, _ text: String) -> JSONFault? {
    do throws(JSONError) {
        _ = try JSON.decode(type, from: text)
        return nil
    } catch {
        return error.fault
    }
}

@Suite struct `A value that does not fit` {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String, path: String, code: JSONFault.Code, message: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(
            text: #"{"items":[{"price":"1","quantity":1}]}"#, path: "items[0].price", code: .type,
            message: "must be a number"),
        Case(
            text: #"{"items":[{"price":1,"quantity":1},{"price":1,"quantity":2.5}]}"#, path: "items[1].quantity",
            code: .whole, message: "must be a whole number"),
        Case(
            text: #"{"items":[{"price":1,"quantity":"2"}]}"#, path: "items[0].quantity", code: .type,
            message: "must be a whole number"),
        Case(
            text: #"{"items":[{"price":1,"quantity":1e30}]}"#, path: "items[0].quantity", code: .range,
            message: "must be between -9223372036854775808 and 9223372036854775807"),
        Case(
            text: #"{"items":[{"price":1e400,"quantity":1}]}"#, path: "items[0].price", code: .precision,
            message: "must be a number of at most 38 digits"),
        Case(text: #"{"items":[{"quantity":1}]}"#, path: "items[0].price", code: .required, message: "is required"),
        Case(text: "{}", path: "items", code: .required, message: "is required"),
        Case(text: #"{"items":null}"#, path: "items", code: .null, message: "must not be null"),
        Case(text: #"{"items":{}}"#, path: "items", code: .type, message: "must be an array"),
        Case(text: #"{"items":[1]}"#, path: "items[0]", code: .type, message: "must be an object"),
        Case(
            text: #"{"items":[{"price":1,"quantity":1,"note":5}]}"#, path: "items[0].note", code: .type,
            message: "must be a string"),
        Case(
            text: #"{"items":[],"status":"gone"}"#, path: "status", code: .value,
            message: "must be one of open, paid, not_found"),
        Case(text: #"{"items":[],"status":true}"#, path: "status", code: .type, message: "must be a string"),
        Case(
            text: #"{"items":[],"sizes":{"a.b":[1,256]}}"#, path: "sizes.a.b[1]", code: .range,
            message: "must be between 0 and 255"),
        Case(
            text: #"{"items":[],"sizes":{"a":[-1]}}"#, path: "sizes.a[0]", code: .range,
            message: "must be between 0 and 255"),
        Case(text: "[]", path: "", code: .type, message: "must be an object"),
        Case(text: "null", path: "", code: .null, message: "must not be null"),
        Case(
            text: #"{"\u0069tems":[{"price":"\",{[","quantity":1}]}"#, path: "items[0].price", code: .type,
            message: "must be a number"),
    ]) func `is told by path, code and words`(example: Case) {
        let fault = fault(Basket.self, example.text)
        #expect(fault?.path == example.path)
        #expect(fault?.code == example.code)
        #expect(fault?.message == example.message)
    }

    @Test func `is told by line and column`() {
        let text = "{\n  \"items\": [\n    {\"price\": 1, \"quantity\": \"é\", \"note\": 1}\n  ]\n}"
        let fault = fault(Basket.self, text)
        #expect(fault?.line == 3)
        #expect(fault?.column == 30)
        #expect(fault?.description == "line 3, column 30: items[0].quantity must be a whole number")
    }

    @Test func `is a mismatch, which a broken text is not`() {
        #expect { try JSON.decode(Int.self, from: "\"\"") } throws: {
            if case JSONError.mismatched = $0 { true } else { false }
        }
        #expect { try JSON.decode(Int.self, from: "\"\" x") } throws: {
            if case JSONError.malformed = $0 { true } else { false }
        }
    }

    @Test(arguments: [
        ("[1,\n2,\n x]", 3, 2, JSONFault.Code.syntax), ("[\"é€𝄞\", x]", 1, 9, .syntax), ("", 1, 1, .end),
        ("[1", 1, 3, .end),
        ("\r\n\r\n  {\"a\" 1}", 3, 8, .syntax), ("{\"a\":1,\n\"a\":2}", 2, 1, .duplicate),
        ("[[[]]] ]", 1, 8, .trailing),
        ("[1,012]", 1, 4, .number), ("\"ab\u{1}\"", 1, 4, .control), ("\"a\\uD800\"", 1, 3, .surrogate),
    ]) func `in the text itself is told by line and column`(text: String, line: Int, column: Int, code: JSONFault.Code)
    {
        let fault = malformation(of: Array(text.utf8))
        #expect(fault?.line == line)
        #expect(fault?.column == column)
        #expect(fault?.code == code)
    }
}

@Suite struct `A type with rules of its own` {
    struct Rule: Error, Equatable { let text: String }

    struct Email: Decodable {
        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard text.contains("@") else { throw Rule(text: text) }
        }
    }

    struct Percent: Decodable {
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard try container.decode(Int.self) <= 100 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be at most 100")
            }
        }
    }

    struct Form: Decodable {
        let emails: [Email]
        let share: Percent?
    }

    @Test func `has its error passed on with the place`() {
        #expect { try JSON.decode(Form.self, from: #"{"emails":["a@b","c"]}"#) } throws: { error in
            guard case JSONError.refused(let fault, by: let rule) = error else { return false }
            return fault.path == "emails[1]" && fault.column == 18 && rule as? Rule == Rule(text: "c")
        }
    }

    @Test func `has its DecodingError told with its words`() {
        let fault = fault(Form.self, #"{"emails":[],"share":101}"#)
        #expect(fault?.path == "share")
        #expect(fault?.message == "must be at most 100")
        #expect(fault?.column == 22)
    }

    @Test func `can try one way and then another`() throws {
        struct Flexible: Decodable, Equatable {
            let number: Int
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do {
                    number = try container.decode(Int.self)
                } catch DecodingError.typeMismatch {
                    number = try container.decode(String.self).utf8.count
                }
            }
        }
        #expect(try JSON.decode([Flexible].self, from: #"[7,"four"]"#).map(\.number) == [7, 4])
    }

    @Test func `fails in linear time however often it tries`() {
        enum Kind: String, Decodable { case known }
        struct Lossy: Decodable {
            var failures = 0
            init(from decoder: any Decoder) throws {
                struct Anything: Decodable { init(from decoder: any Decoder) {} }
                var container = try decoder.unkeyedContainer()
                while !container.isAtEnd {
                    if (try? container.decode(Kind.self)) == nil {
                        failures += 1
                        _ = try container.decode(Anything.self)
                    }
                }
            }
        }
        let text = "[" + Array(repeating: #""unknown""#, count: 100_000).joined(separator: ",") + "]"
        let time = ContinuousClock().measure {
            #expect((try? JSON.decode(Lossy.self, from: text))?.failures == 100_000)
        }
        // A path for each of them would take minutes.
        #expect(time < .seconds(20))
    }

    @Test func `may keep its decoder, which is then of no use`() throws {
        struct Keeper: Decodable {
            let decoder: any Decoder
            let container: KeyedDecodingContainer<Key>
            let list: any UnkeyedDecodingContainer
            enum Key: CodingKey { case list }
            init(from decoder: any Decoder) throws {
                self.decoder = decoder
                container = try decoder.container(keyedBy: Key.self)
                list = try container.nestedUnkeyedContainer(forKey: .list)
            }
        }
        var keeper = try JSON.decode(Keeper.self, from: #"{"list":[1,2]}"#)
        _ = try JSON.decode([String: Int].self, from: #"{"list":1}"#)
        #expect(throws: DecodingError.self) { try keeper.decoder.container(keyedBy: Keeper.Key.self) }
        #expect(throws: DecodingError.self) { try keeper.decoder.singleValueContainer().decode(Int.self) }
        #expect(throws: DecodingError.self) { try keeper.container.decode([Int].self, forKey: .list) }
        #expect(!keeper.container.contains(.list))
        #expect(keeper.container.allKeys.isEmpty)
        #expect(keeper.list.isAtEnd)
        #expect(keeper.decoder.codingPath.isEmpty)
        var list = keeper.list
        #expect(throws: DecodingError.self) { try list.decode(Int.self) }
        keeper = try JSON.decode(Keeper.self, from: #"{"list":[]}"#)
        #expect(keeper.list.count == nil)
    }
}
