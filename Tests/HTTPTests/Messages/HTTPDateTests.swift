import Testing
import TradewindHTTP

@Suite struct `HTTP dates` {
    static let known: [(Int, String)] = [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
        (1_000_000_000, "Sun, 09 Sep 2001 01:46:40 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (-2_208_988_800, "Mon, 01 Jan 1900 00:00:00 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
    ]

    @Test(arguments: known)
    func `are written and read`(seconds: Int, text: String) {
        #expect(HTTPDate.string(seconds) == text)
        #expect(HTTPDate.parse(text) == seconds)
        #expect(text.utf8.count == HTTPDate.byteCount)
    }

    @Test func `of a day in each week of five hundred years are read as written`() {
        var wrong: [Int] = []
        for day in stride(from: -60_000, to: 125_000, by: 7) {
            let seconds = day * 86_400 + (day * 7_919) % 86_400
            if HTTPDate.parse(HTTPDate.string(seconds)) != seconds { wrong.append(seconds) }
        }
        #expect(wrong == [])
    }

    @Test func `beyond what can be written are the nearest that can`() {
        #expect(HTTPDate.string(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.string(.min) == "Mon, 01 Jan 0001 00:00:00 GMT")
    }

    @Test(arguments: [
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 01-Jan-70 00:00:00 GMT", 0), ("Monday, 18-Jan-38 00:00:00 GMT", 2_147_385_600),
        ("Sun Nov 16 08:49:37 1994", 784_975_777),
    ])
    func `in the obsolete forms are read`(text: String, seconds: Int) { #expect(HTTPDate.parse(text) == seconds) }

    @Test(arguments: [
        "", "now", "0", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:+7 GMT", "Sun, 06 Nov 1994 08.49.37 GMT", "Sun  06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, \u{FF10}6 Nov 1994 8:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov 31 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37:00 GMT",
    ])
    func `that are none are refused`(text: String) { #expect(HTTPDate.parse(text) == nil) }
}
