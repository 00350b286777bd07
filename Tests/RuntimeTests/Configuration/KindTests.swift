import Foundation
import Testing
import TradewindObservability
import TradewindRuntime

@Suite struct `Reading a value` {
    @Test(arguments: [("1", 1), ("64", 64), (" 7 ", 7)])
    func `a whole number inside its range is taken`(text: String, value: Int) throws {
        #expect(try read(text, as: .int(1...64)) == value)
    }

    @Test(arguments: ["0", "65", "-1", "1.5", "1e1", "0x10", "seven", "7 8", "99999999999999999999999"])
    func `any other whole number is refused`(text: String) {
        #expect(throws: ConfigError(lines: ["X=\"\(text)\" (environment): must be a whole number from 1 to 64"])) {
            try read(text, as: .int(1...64))
        }
    }

    @Test(arguments: [("0", 0), ("3005", 3005), ("65535", 65535)])
    func `a port fits in sixteen bits`(text: String, value: UInt16) throws {
        #expect(try read(text, as: .port) == value)
    }

    @Test(arguments: ["65536", "-1", "80a", "tcp://10.0.0.7:3002"])
    func `what is no port is refused`(text: String) {
        #expect(throws: ConfigError.self) { try read(text, as: .port) }
    }

    @Test(arguments: [
        ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("on", true),
        ("false", false), ("0", false), ("No", false), ("off", false),
    ])
    func `yes and no have four spellings each`(text: String, value: Bool) throws {
        #expect(try read(text, as: .bool) == value)
    }

    @Test(arguments: ["y", "2", "enabled", "truee"])
    func `no other word is a truth`(text: String) {
        #expect(throws: ConfigError.self) { try read(text, as: .bool) }
    }

    @Test(arguments: [("0", 0.0), ("1", 1.0), ("0.25", 0.25), (".5", 0.5)])
    func `a ratio lies between none and all`(text: String, value: Double) throws {
        #expect(try read(text, as: .ratio) == value)
    }

    @Test(arguments: ["1.01", "-0.1", "nan", "inf", "0x1p-1", "1e-1", "50%", "0,5"])
    func `other numbers are no ratio`(text: String) {
        #expect(throws: ConfigError.self) { try read(text, as: .ratio) }
    }

    @Test(
        arguments: [
            ("500ms", .milliseconds(500)), ("15m", .seconds(900)), ("7d", .seconds(604_800)), ("1h30m", .seconds(5400)),
            ("1d2h3m4s5ms", .milliseconds(93_784_005)), ("0", .zero), ("0s", .zero), ("090s", .seconds(90)),
        ] as [(String, Duration)])
    func `a duration names its units`(text: String, value: Duration) throws {
        #expect(try read(text, as: .duration(.zero ... .seconds(604_800))) == value)
    }

    @Test(arguments: [
        "15", "m", "15 m", "1m1h", "1m1m", "-5s", "1.5s", "5w", "1h30", "8d", "9223372036854775807d",
        "9223372036854775807ms1ms", "٣s", "1hour",
    ])
    func `a duration without clear units or beyond its bounds is refused`(text: String) {
        #expect(throws: ConfigError.self) { try read(text, as: .duration(.zero ... .seconds(604_800))) }
    }

    @Test(arguments: [
        ("90s", "1m30s"), ("1500ms", "1s500ms"), ("24h", "1d"), ("0", "0s"), ("999ms", "999ms"),
    ])
    func `a duration is shown in the largest units`(text: String, shown: String) throws {
        #expect(Duration(text: text)?.text == shown)
    }

    @Test(arguments: [
        ("16KiB", 16384), ("1MiB", 1_048_576), ("1 mib", 1_048_576), ("2GiB", 2_147_483_648), ("512", 512),
        ("512B", 512), ("2MB", 2_000_000), ("0", 0),
    ])
    func `a size counts in powers of two or, as its unit says, of ten`(text: String, bytes: Int) throws {
        #expect(try read(text, as: .byteSize(.bytes(0)...(.mebibytes(4096)))) == .bytes(bytes))
    }

    @Test(arguments: ["1.5MiB", "KiB", "-1", "12XB", "9999GiB", "9223372036854775807GiB", "1MiBs", "5m"])
    func `a size without a known unit or beyond its bounds is refused`(text: String) {
        #expect(throws: ConfigError.self) { try read(text, as: .byteSize(.bytes(0)...(.mebibytes(4096)))) }
    }

    @Test(arguments: [(ByteSize.kibibytes(16), "16KiB"), (.bytes(1536), "1536B"), (.bytes(0), "0B")])
    func `a size is shown exactly`(size: ByteSize, shown: String) {
        #expect("\(size)" == shown)
    }

    @Test func `a choice lists what there is`() {
        #expect(
            throws: ConfigError(lines: [
                "X=\"verbose\" (environment): must be one of trace, debug, info, warning, error"
            ])
        ) { try read("verbose", as: Kind<LogLevel>.choice) }
        #expect(throws: Never.self) { try #expect(read("WARNING", as: Kind<LogLevel>.choice) == .warning) }
    }

    @Test func `a list drops blanks and empty elements and refuses as its elements do`() throws {
        #expect(try read(" users, ,orders,", as: .list(.text)) == ["users", "orders"])
        #expect(throws: ConfigError.self) { try read("1,2,x", as: .list(.int(0...9))) }
    }

    @Test(arguments: ["a\u{7}b", "a\nb", "a\u{0}b", "a\u{9B}31m"])
    func `text stays on one line, and so does the line that refuses it`(text: String) throws {
        let lines = problems(ConfigSources(["X": text])) { _ = $0.optional("X", .text, help: "") }
        #expect(lines.count == 1)
        #expect(lines[0].unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test func `a long bad value is cut in the problem`() throws {
        let lines = problems(ConfigSources(["X": String(repeating: "9", count: 5000)])) {
            _ = $0.optional("X", .port, help: "")
        }
        #expect(try #require(lines.first).count < 200)
    }

    @Test(arguments: ["redis://cache:6379/0", "rediss://user:pass@cache"])
    func `a URL has one of its schemes and a host`(text: String) throws {
        #expect(try read(text, as: .url("redis", "rediss")) == text)
    }

    @Test(arguments: ["cache:6379", "http://cache", "redis://", "redis:///0", "redis://a b"])
    func `another URL is refused`(text: String) {
        #expect(throws: ConfigError.self) { try read(text, as: .url("redis", "rediss")) }
    }

    @Test func `a file has to be readable at the start`() throws {
        #expect(try read(#filePath, as: .readableFile) == #filePath)
        #expect(throws: ConfigError.self) { try read("/no/such/file", as: .readableFile) }
        #expect(throws: ConfigError.self) { try read(FileManager.default.temporaryDirectory.path, as: .readableFile) }
    }

    @Test func `a secret keeps its blanks and its least length`() throws {
        #expect(try read(" pass ", as: .secret())?.revealed == " pass ")
        #expect(throws: ConfigError.self) { try read("short", as: .secret(atLeast: 32)) }
    }
}
