/// Why a WebSocket closes (RFC 6455 §7.4 and the IANA registry that continues it).
package struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let normal = Self(rawValue: 1000)
    package static let goingAway = Self(rawValue: 1001)
    package static let protocolError = Self(rawValue: 1002)
    package static let unsupportedData = Self(rawValue: 1003)
    /// The peer closed without saying why. Never on the wire.
    package static let noStatus = Self(rawValue: 1005)
    /// The connection broke without a close. Never on the wire.
    package static let abnormal = Self(rawValue: 1006)
    package static let invalidPayload = Self(rawValue: 1007)
    package static let policyViolation = Self(rawValue: 1008)
    package static let messageTooBig = Self(rawValue: 1009)
    package static let mandatoryExtension = Self(rawValue: 1010)
    package static let internalError = Self(rawValue: 1011)
    package static let serviceRestart = Self(rawValue: 1012)
    package static let tryAgainLater = Self(rawValue: 1013)

    /// Whether a close frame may carry it: what the RFC names, what IANA registered since (1012–1014), and the ranges
    /// for libraries (3000s) and applications (4000s).
    package var mayTravel: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
