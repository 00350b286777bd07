import TradewindJSON

/// What RFC 8259 leaves to the reader, and what ours does; nil where it refuses.
let defined: [(text: Text, value: JSONValue?)] = [
    (Text("NUL as an escape", #""\u0000""#), "\u{0}"),
    (Text("U+FFFE", #""\uFFFE""#), scalar(0xFFFE)),
    (Text("U+FFFF unescaped", string: [0xEF, 0xBF, 0xBF]), scalar(0xFFFF)),
    (Text("U+FDD0", #""\uFDD0""#), scalar(0xFDD0)),
    (Text("the last code point", #""\uDBFF\uDFFF""#), scalar(0x10FFFF)),
    (Text("a byte order mark in a string", "\"\u{FEFF}\""), "\u{FEFF}"),
    (Text("DEL", "\"\u{7F}\""), "\u{7F}"),
    (Text("line separator in a string", "\"\u{2028}\""), "\u{2028}"),
    (Text("paragraph separator in a string", "\"\u{2029}\""), "\u{2029}"),
    (Text("names that differ in normalisation", "{\"\u{E9}\":1,\"e\u{301}\":2}"), ["\u{E9}": 1, "e\u{301}": 2]),
    (Text("a number beyond Double", "1e400"), JSONNumber("1e400").map(JSONValue.number)),
    (
        Text("a number far beyond Double", "1e99999999999999999999"),
        JSONNumber("1e99999999999999999999").map(JSONValue.number)
    ),
    (Text("a number below every Double", "1e-400"), JSONNumber("1e-400").map(JSONValue.number)),
    (
        Text("a number far below", "-1e-99999999999999999999"),
        JSONNumber("-1e-99999999999999999999").map(JSONValue.number)
    ),
    (Text("zero with an exponent", "0e999999"), 0),
    (
        Text("an integer of forty digits", String(repeating: "9", count: 40)),
        JSONNumber(String(repeating: "9", count: 40)).map(JSONValue.number)
    ),
    (Text("two and a half with a zero", "2.50"), JSONNumber("2.5").map(JSONValue.number)),
    (Text("a whole number with a point", "2.0"), 2),
    (Text("a whole number with an exponent", "2e2"), 200),
    (Text("minus zero", "-0"), 0),
    (Text("minus zero with a point", "-0.0"), 0),
    (Text("a string at the top", #""a""#), "a"),
    (Text("null at the top", "null"), JSONValue.null),
    (Text("the name __proto__", #"{"__proto__":1}"#), ["__proto__": 1]),
    (Text("a name with NUL", #"{"\u0000":1}"#), ["\u{0}": 1]),
    (
        Text("nesting as deep as allowed", String(repeating: "[", count: 128) + String(repeating: "]", count: 128)),
        nested(128)
    ),
    (Text("nesting one deeper", String(repeating: "[", count: 129) + String(repeating: "]", count: 129)), nil),
    (Text("100,000 open arrays", String(repeating: "[", count: 100_000)), nil),
    (Text("100,000 open objects", String(repeating: #"{"a":"#, count: 100_000)), nil),
    (Text("a byte order mark", "\u{FEFF}[]"), nil),
    (Text("a lone surrogate", #""\uD800""#), nil),
    (Text("a name twice", #"{"a":1,"a":1}"#), nil),
    (Text("an encoded surrogate", string: [0xED, 0xA0, 0x80]), nil),
    (Text("an overlong slash", string: [0xC0, 0xAF]), nil),
    (Text("UTF-16", bytes: [0x00, 0x5B, 0x00, 0x5D]), nil),
]

private func nested(_ depth: Int) -> JSONValue {
    (1..<depth).reduce([]) { value, _ in [value] }
}

/// The string of one code point, some of which no literal can spell.
private func scalar(_ code: UInt32) -> JSONValue {
    .string(String(String.UnicodeScalarView([Unicode.Scalar(code) ?? " "])))
}
