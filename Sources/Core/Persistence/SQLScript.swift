/// Several statements as they stand in the source or in a file that was compiled into the program, like a migration.
package struct SQLScript: ExpressibleByStringLiteral, Hashable, Sendable {
    package let text: String

    package init(stringLiteral text: StaticString) { self.text = text.description }

    /// For files that the build embeds, which arrive as bytes. Nothing else may be made a script.
    package init(embedded bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }
}
