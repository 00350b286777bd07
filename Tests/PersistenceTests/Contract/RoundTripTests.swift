import Testing
import TradewindDomain
import TradewindJSON
import TradewindPersistence
import TradewindTesting

@Suite struct `A value stored in a database` {
    /// Through a column of its type, alone and among others in an array, and as NULL.
    private func expectRoundTrip<Value: SQLScalar & Equatable>(_ values: [Value], in kind: Storage)
        async throws
    {
        let column = Value.sqlKind.column
        try await kind.use { db in
            let table = "CREATE TABLE t (id bigint PRIMARY KEY, one \(column), many \(column)[])"
            try await db.run(SQLScript(embedded: Array(table.utf8)))
            for (id, value) in values.enumerated() {
                try await db.execute("INSERT INTO t VALUES (\(id), \(value), \([value, value]))")
            }
            try await db.execute("INSERT INTO t VALUES (\(-1), \(Value?.none), \([Value?.none, values[0]]))")
            let rows = try await db.query("SELECT one, many FROM t WHERE id >= 0 ORDER BY id")
            #expect(try rows.map { try $0.decode(0, as: Value.self) } == values)
            #expect(try rows.map { try $0.decode(1, as: [Value].self) } == values.map { [$0, $0] })
            let none = try await db.query("SELECT one, many FROM t WHERE id < 0")
            #expect(try none[0].decode(0, as: Value?.self) == nil)
            #expect(try none[0].decode(1, as: [Value?].self) == [nil, values[0]])
            #expect(throws: DatabaseError.self) { try none[0].decode(0, as: Value.self) }
        }
    }

    @Test(arguments: Storage.allCases) func `is the same truth`(kind: Storage) async throws {
        try await expectRoundTrip([true, false], in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same integer`(kind: Storage) async throws {
        try await expectRoundTrip([Int64.min, -1, 0, 1, .max], in: kind)
        try await expectRoundTrip([Int32.min, -1, 0, 1, .max], in: kind)
        try await expectRoundTrip([Int16.min, -1, 0, 1, .max], in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same double`(kind: Storage) async throws {
        try await expectRoundTrip(
            [0, -0.1, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e-300, .infinity, -.infinity], in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same decimal to the last digit`(
        kind: Storage
    ) async throws {
        let texts = [
            "0", "1", "-1", "0.1", "-0.1", "10000", "9999", "0.0001", "0.00001", "1234567.89", "100000000", "19.99",
            "12345678901234567890123456789012345678", "-0.12345678901234567890123456789012345678",
            "0.00000000000000000000000000000000000001", "170141183460469231731687303715884105727", "1000.0001",
            "99999999999999999999.000000000000000001",
        ]
        try await expectRoundTrip(texts.map { try #require(ExactDecimal($0)) }, in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same text in every plane of Unicode`(
        kind: Storage
    ) async throws {
        let planes = (0...16).compactMap { Unicode.Scalar(UInt32($0) << 16 | 0x0100).map { String(Character($0)) } }
        let odd = ["", " ", "\u{1}", "e\u{301}", "é", "\u{FFFF}", "\u{10FFFF}", "👩‍👩‍👧", "\r\n\t\\\"'", "\u{202E}x"]
        try await expectRoundTrip(planes + odd + [String(repeating: "long ", count: 50_000)], in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same id`(kind: Storage) async throws {
        try await expectRoundTrip([.zero, UUID(high: .max, low: .max), UUID(high: 1, low: 2)], in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same moment to the microsecond`(
        kind: Storage
    ) async throws {
        let moments: [Int64] = [0, 1, -1, 946_684_800_000_000, 1_767_225_599_999_999, -62_135_596_800_000_000]
        try await expectRoundTrip(moments.map(Timestamp.init(microseconds:)), in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same JSON value`(kind: Storage) async throws {
        // Spelled as PostgreSQL spells it, which keeps values and not texts.
        let texts = [#"{"a": [1, 2.50, null, true, "\u0001é👋"]}"#, "[]", #""x""#, "1", "null"]
        try await expectRoundTrip(texts.map { JSONText(bytes: Array($0.utf8)) }, in: kind)
    }

    @Test(arguments: Storage.allCases) func `is the same bytes`(kind: Storage) async throws {
        let column = SQLKind.bytes.column
        try await kind.use { db in
            let table = "CREATE TABLE t (id bigint PRIMARY KEY, one \(column), many \(column)[])"
            try await db.run(SQLScript(embedded: Array(table.utf8)))
            let values: [[UInt8]] = [[], [0], Array(0...255), Array(repeating: 0, count: 100_000)]
            for (id, value) in values.enumerated() {
                try await db.execute("INSERT INTO t VALUES (\(id), \(value), \([value, value]))")
            }
            let rows = try await db.query("SELECT one, many FROM t ORDER BY id")
            #expect(try rows.map { try $0.decode(0, as: [UInt8].self) } == values)
            #expect(try rows.map { try $0.decode(1, as: [[UInt8]].self) } == values.map { [$0, $0] })
        }
    }

    @Test(arguments: Storage.allCases) func `of an array may be none`(kind: Storage) async throws {
        try await kind.use { db in
            let column = "\(SQLKind.int64.column)[]"
            try await db.run(SQLScript(embedded: Array("CREATE TABLE t (many \(column))".utf8)))
            try await db.execute("INSERT INTO t VALUES (\([Int]()))")
            #expect(try await db.query("SELECT many FROM t")[0].decode(0, as: [Int].self) == [])
        }
    }

    @Test(arguments: Storage.allCases) func `has no zero character if it is text`(
        kind: Storage
    ) async throws {
        try await kind.use { db in
            try await db.run("CREATE TABLE t (note text)")
            await #expect(throws: DatabaseError.nulInText) {
                try await db.execute("INSERT INTO t VALUES (\("a\u{0}b"))")
            }
            await #expect(throws: DatabaseError.nulInText) {
                try await db.batch(["INSERT INTO t VALUES ('before')", "INSERT INTO t VALUES (\("\u{0}"))"])
            }
            #expect(try await db.query("SELECT note FROM t").count == 0)
        }
    }

    @Test(arguments: Storage.allCases) func `that is read as something else is refused, not guessed`(
        kind: Storage
    ) async throws {
        try await kind.use { db in
            try await db.run("CREATE TABLE t (note text, amount bigint)")
            try await db.execute("INSERT INTO t VALUES (\("ten"), \(70_000))")
            let row = try await db.query("SELECT note, amount FROM t")[0]
            #expect(throws: DatabaseError.self) { try row.decode(0, as: Int.self) }
            #expect(throws: DatabaseError.self) { try row.decode(1, as: Int16.self) }
            #expect(throws: DatabaseError.self) { try row.decode(2, as: Int.self) }
            #expect(throws: DatabaseError.self) { try row.decode(-1, as: Int.self) }
        }
    }

    @Test(arguments: Storage.allCases) func `is text, whatever SQL it looks like`(
        kind: Storage
    ) async throws {
        let attacks = [
            "'; DROP TABLE notes; --", "' OR '1'='1", "\\'; DROP TABLE notes; --", "$1", "$$ $1 $$", "\"", "%s", "?1",
            "'||(SELECT 1)||'", "\u{2019}; DROP TABLE notes", "/*", "--", "E'\\x27'", "NULL", ":name", "@p",
        ]
        try await kind.use { db in
            try await db.run("CREATE TABLE notes (id bigint PRIMARY KEY, note text, many text[], body jsonb)")
            for (id, attack) in attacks.enumerated() {
                let body = try JSONText(["note": attack])
                try await db.execute("INSERT INTO notes VALUES (\(id), \(attack), \([attack]), \(body))")
                let found = try await db.query("SELECT id, many, body FROM notes WHERE note = \(attack)")
                #expect(try found.map { try $0.decode(0, as: Int.self) } == [id])
                #expect(try found[0].decode(1, as: [String].self) == [attack])
                #expect(try found[0].decode(2, as: JSONText.self).decode([String: String].self) == ["note": attack])
            }
            try await db.run("CREATE TABLE copies (id bigint PRIMARY KEY, note text)")
            _ = try await db.load(BulkTable("copies", columns: "id", "note")) { loader in
                for (id, attack) in attacks.enumerated() { try await loader.add(id, attack) }
            }
            let copies = try await db.query("SELECT note FROM copies ORDER BY id")
            #expect(try copies.map { try $0.decode(0, as: String.self) } == attacks)
            let notes = try await db.query("SELECT note FROM notes ORDER BY id")
            #expect(try notes.map { try $0.decode(0, as: String.self) } == attacks)
        }
    }
}
