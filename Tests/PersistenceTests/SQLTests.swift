import Testing
import TradewindDomain
import TradewindPersistence

@Suite struct `A statement` {
    private func byKey(_ id: UUID, _ limit: Int) -> SQL { "SELECT id FROM orders WHERE id = \(id) LIMIT \(limit)" }

    @Test func `binds what is interpolated`() {
        let sql = byKey(.zero, 5)
        #expect(sql.statement.text == "SELECT id FROM orders WHERE id = $1 LIMIT $2")
        #expect(sql.values == [.uuid(.zero), .int64(5)])
    }

    @Test func `keeps parameters apart that no text separates`() {
        let sql: SQL = "\(1)\(true)"
        #expect(sql.statement.text == "$1$2")
        #expect(sql.statement.parameters == [SQLType(.int64), SQLType(.bool)])
    }

    @Test func `never shows a value`() {
        let secret = "s3cret"
        let sql: SQL = "SELECT \(secret)"
        #expect(!"\(sql) \(String(reflecting: sql))".contains(secret))
        var dumped = ""
        dump(sql, to: &dumped)
        #expect(!dumped.contains(secret))
    }

    @Test func `is the same statement whatever its values are`() {
        #expect(byKey(.zero, 1).statement == byKey(UUID(high: 1, low: 2), 2).statement)
    }

    @Test func `is another statement when a parameter is of another type`() {
        func select(_ value: some SQLBindable) -> SQL { "SELECT \(value)" }
        #expect(select(1).statement != select("1").statement)
        #expect(select(1).statement != select([1]).statement)
        #expect(select(1).statement == select(Int?.none).statement)
    }

    @Test func `differs from those that differ in one literal or in the place of a parameter`() {
        let statements: [SQL] = [
            "SELECT a", "SELECT b", "SELECT \(1)", "\(1)SELECT ", "SELECT \(1)\(1)", "SELECT \(1),",
        ]
        #expect(Set(statements.map(\.statement)).count == statements.count)
    }

    @Test func `is put together of others with their values`() {
        let condition: SQL = "price > \(3)"
        let sql: SQL = "SELECT \(1) WHERE \(condition) AND a = \("b")"
        #expect(sql.statement.text == "SELECT $1 WHERE price > $2 AND a = $3")
        #expect(sql.values == [.int64(1), .int64(3), .text("b")])
    }

    @Test func `put together again is found again`() {
        func sql(_ value: Int) -> SQL {
            let condition: SQL = "price > \(value)"
            return "SELECT \(1) WHERE \(condition)"
        }
        #expect(sql(1).statement == sql(2).statement)
    }

    @Test func `tells its first word`() {
        let sql: SQL = "\n  select 1"
        #expect(sql.statement.begins(with: "SELECT"))
        #expect(!sql.statement.begins(with: "INSERT"))
    }

    @Test func `binds optionals, arrays and bytes as what they hold`() {
        let sql: SQL = "\(String?.none) \([1, nil]) \([UInt8]([1, 2])) \([[UInt8]]([[3]]))"
        #expect(
            sql.values == [
                .null(SQLType(.text)), .array(.int64, [.int64(1), .null(SQLType(.int64))]), .bytes([1, 2]),
                .array(.bytes, [.bytes([3])]),
            ])
    }
}
