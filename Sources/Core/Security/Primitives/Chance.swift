/// Bits that nobody can guess, passed in like time: whoever has none can make no key, token or nonce, and a test
/// decides what they are.
package struct Chance: Sendable {
    /// 256 of them, never the same again.
    package let draw: @Sendable () -> InlineArray<32, UInt8>

    package init(_ draw: @escaping @Sendable () -> InlineArray<32, UInt8>) { self.draw = draw }
}
