import Testing
import TradewindReactor
import TradewindRedis
import TradewindTesting

@Suite struct `A client of Redis` {
    @Test func `gets what it set, as the type it asks for`() async throws {
        try await withRedis { _, redis in
            #expect(try await redis("SET", "name", "Ada", "PX", Duration.seconds(30)).text == "OK")
            #expect(try await redis("GET", "name").text == "Ada")
            #expect(try await redis("PTTL", "name").integer ?? 0 > 20_000)
            #expect(try await redis("INCR", "hits").integer == 1)
            #expect(try await redis("GET", "nothing").isNull)
            let bytes: [UInt8] = [0, 13, 10, 255]
            try await redis("SET", "bytes", bytes)
            #expect(try await redis("GET", "bytes").bytes == bytes)
            try await redis("RPUSH", "list", "a", "", "c")
            #expect(try await redis("LRANGE", "list", 0, -1).array == [.bytes([97]), .bytes([]), .bytes([99])])
            #expect(try await redis("LRANGE", "none", 0, -1).array == [])
        }
    }

    @Test func `tells in Redis' own words what was wrong`() async throws {
        try await withRedis { _, redis in
            try await redis("SET", "text", "a")
            let wrong = await failure { try await redis("LPUSH", "text", "b") }.error as? RedisError
            guard case .complaint(let complaint)? = wrong else { Issue.record("\(wrong as Any)"); return }
            #expect(complaint.code == "WRONGTYPE")
            #expect("\(complaint)".contains("wrong kind of value"))
        }
    }

    @Test func `sends many commands at once and gets an answer each, in their order`() async throws {
        try await withRedis { _, redis in
            var request = RedisRequest()
            for number in 0..<5_000 { request.add("SET", "key\(number)", number) }
            request.add("LPUSH", "key1", "x")
            for number in 0..<5_000 { request.add("GET", "key\(number)") }
            let answers = try await redis.send(request)
            #expect(answers.count == 10_001)
            #expect(answers[5_000].complaint?.code == "WRONGTYPE")
            #expect(answers.suffix(5_000).map(\.integer) == Array(0..<5_000))
        }
    }

    @Test func `serves many at a time over one connection`() async throws {
        try await withRedis { _, redis in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        try await redis("SET", "key\(number)", number)
                        return try await redis("GET", "key\(number)").integer == number
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            let clients = try await redis("CLIENT", "LIST").text ?? ""
            #expect(clients.split(separator: "\n").count == 1)
            #expect(clients.contains("name=tradewind"))
        }
    }

    @Test func `takes an answer that is larger than any buffer`() async throws {
        try await withRedis({ $0.silence = .seconds(30) }) { _, redis in
            let large = [UInt8]((0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            try await redis("SET", "large", large)
            #expect(try await redis("GET", "large").bytes == large)
        }
    }

    @Test func `sends a script once and then its digest, also after Redis forgot it`() async throws {
        try await withRedis { _, redis in
            let script = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
            #expect(try await redis.run(script, keys: ["n"], [2]).integer == 2)
            #expect(try await redis.run(script, keys: ["n"], [3]).integer == 5)
            try await redis("SCRIPT", "FLUSH")
            #expect(try await redis.run(script, keys: ["n"], [4]).integer == 9)
            let calls = try await redis("INFO", "commandstats").text ?? ""
            #expect(calls.contains("cmdstat_eval:calls=2,"))
        }
    }

    @Test func `has a lock that one holder has at a time`() async throws {
        try await withRedis { _, redis in
            let lock = try #require(try await redis.tryLock("job", for: .seconds(30)))
            #expect(try await redis.tryLock("job", for: .seconds(30)) == nil)
            #expect(try await lock.extend(to: .seconds(60)))
            #expect(try await redis("PTTL", "job").integer ?? 0 > 40_000)
            #expect(try await lock.release())
            let other = try #require(try await redis.tryLock("job", for: .seconds(30)))
            #expect(try await lock.release() == false)
            #expect(try await lock.extend(to: .seconds(60)) == false)
            #expect(try await other.release())
        }
    }

    @Test func `uses the database it is told`() async throws {
        try await withRedis(options: "", { $0.database = 3 }) { _, redis in
            try await redis("SET", "here", 1)
            #expect(try await redis("INFO", "keyspace").text?.contains("db3:keys=1") == true)
        }
    }
}

@Suite struct `Entering Redis` {
    @Test func `a user with the right password comes in`() async throws {
        try await withRedis(options: "--requirepass secret", { $0.password = "secret" }) { _, redis in
            #expect(try await redis("PING").text == "PONG")
            try await redis("ACL", "SETUSER", "ada", "on", ">lovelace", "+@all", "~*")
            let url = "redis://ada:lovelace@127.0.0.1:\(redis.settings.port)/0"
            try await withClient(try RedisSettings(url: url)) { ada in
                let name = try await ada("ACL", "WHOAMI").text
                #expect(name == "ada")
            }
        }
    }

    @Test(arguments: [
        ("--requirepass secret", "", "wrong", "the password is wrong"),
        ("--requirepass secret", "ada", "wrong", "the password of user ada is wrong"),
        ("--requirepass secret", "", "", "it wants a password, and none is set"),
        ("", "", "secret", "a password is set, but it has none"),
    ])
    func `a wrong password is said in plain words, at once`(
        options: String, user: String, password: String, words: String
    ) async throws {
        try await withRedis(options: options, { ($0.username, $0.password) = (user, password) }) { _, redis in
            for _ in 0..<2 {
                let (error, time) = await failure { try await redis("PING") }
                guard case .unwelcome(let reason)? = error as? RedisError else {
                    Issue.record("\(error as Any)"); return
                }
                #expect(reason.hasPrefix(words))
                #expect(time < soon)
            }
        }
    }

    @Test func `TLS is spoken with whom it should be, and nobody else`() async throws {
        try await withRedis(isSecured: true) { server, redis in
            try await redis("SET", "large", [UInt8](repeating: 7, count: 3_000_000))
            #expect(try await redis("GET", "large").bytes?.count == 3_000_000)
            for change: @Sendable (inout RedisSettings) -> Void in [
                { $0.authorities = nil }, { $0.isSecured = false },
            ] {
                var settings = redis.settings
                change(&settings)
                try await withClient(settings) { stranger in
                    let (error, time) = await failure { try await stranger("PING") }
                    #expect(error is RedisError)
                    #expect(time < soon)
                }
            }
            var settings = redis.settings
            settings.host = "localhost"
            try await withClient(settings) { named in
                let answer = try await named("PING").text
                #expect(answer == "PONG")
            }
        }
    }

    @Test(arguments: [
        ("redis://h", "h", 6379, 0, "", "", false), ("redis://h:1/2", "h", 1, 2, "", "", false),
        ("rediss://u:p%40%2F@h:1/", "h", 1, 0, "u", "p@/", true), ("redis://:p@h", "h", 6379, 0, "", "p", false),
        ("redis://[::1]:7/1", "::1", 7, 1, "", "", false), ("redis://", "127.0.0.1", 6379, 0, "", "", false),
        ("redis://u@h", "h", 6379, 0, "u", "", false),
    ])
    func `a URL says where and who`(
        url: String, host: String, port: Int, database: Int, user: String, password: String, isSecured: Bool
    ) throws {
        let settings = try RedisSettings(url: url)
        #expect(settings.host == host && Int(settings.port) == port && settings.database == database)
        #expect(settings.username == user && settings.password == password && settings.isSecured == isSecured)
        #expect(!"\(settings)".contains("p@"))
    }

    @Test(arguments: [
        "", "h:1", "http://h", "redis://h:0", "redis://h:x", "redis://h:65536", "redis://h/x", "redis://h/-1",
        "redis://[::1", "redis://:%4@h", "redis://:%zz@h", "redis://:%ff@h", "redis://h?x=1", "redis://[::1]x",
    ])
    func `what is no URL of Redis is refused without repeating it`(url: String) {
        #expect(throws: RedisSettings.InvalidURL.self) { try RedisSettings(url: url) }
    }
}
