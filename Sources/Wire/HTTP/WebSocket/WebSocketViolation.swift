/// What a peer did that ends the connection.
package enum WebSocketViolation: Error, Sendable, CaseIterable {
    case reservedBits, reservedOpcode
    case maskMissing, maskForbidden
    case lengthNotMinimal, lengthOverflow
    case controlFragmented, controlTooLong
    /// A new message began before the last one was complete.
    case messageInterleaved
    /// A continuation without a message to continue.
    case continuationUnexpected
    case closePayloadCut, closeCodeInvalid, closeReasonNotUTF8
    case textNotUTF8, compressedDataCorrupt
    case messageTooLong
    case outOfMemory

    package var closeCode: WebSocketCloseCode {
        switch self {
        case .reservedBits, .reservedOpcode, .maskMissing, .maskForbidden, .lengthNotMinimal, .lengthOverflow,
            .controlFragmented, .controlTooLong, .messageInterleaved, .continuationUnexpected, .closePayloadCut,
            .closeCodeInvalid:
            .protocolError
        case .closeReasonNotUTF8, .textNotUTF8, .compressedDataCorrupt: .invalidPayload
        case .messageTooLong: .messageTooBig
        case .outOfMemory: .internalError
        }
    }
}
