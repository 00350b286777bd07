import Testing

@testable import TradewindPostgres

@Suite struct `A statement travels` {
    @Test(arguments: [
        ("SELECT id FROM orders WHERE id = $1", Manners.Nature.reads), ("\n  select 1", .reads),
        ("WITH a AS (SELECT 1) SELECT * FROM a", .reads), ("INSERT INTO t VALUES ($1)", .adds),
        ("WITH a AS (INSERT INTO t VALUES (1) RETURNING id) INSERT INTO u SELECT id FROM a", .adds),
        ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", .adds),
        ("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 1", .other),
        ("SELECT id FROM t FOR UPDATE SKIP LOCKED", .other), ("SELECT id FROM t FOR KEY SHARE", .other),
        ("UPDATE t SET n = 1", .other), ("WITH a AS (DELETE FROM t RETURNING id) SELECT id FROM a", .other),
        ("SELECT pg_advisory_lock(1)", .other), ("SELECT set_config('a', 'b', false)", .other), ("BEGIN", .other),
        ("CREATE TABLE t (a bigint)", .other), ("VACUUM", .other), ("LOCK TABLE t", .other), ("", .other),
    ])
    func `in company only if it can be undone and waits for nobody`(text: String, nature: Manners.Nature) {
        #expect(Manners.nature(of: text) == nature)
    }
}
