/// Why a service cannot start: messages without a handler or with two. Names all of them.
package struct Miswiring: Error, Hashable, Sendable, CustomStringConvertible {
    package let faults: [String]
    package var description: String { faults.joined(separator: "; ") }
}

/// Finds the pipeline of a message by its type. Complete when it is made, and never changed.
struct Pipelines: Sendable {
    struct Entry {
        let message: any Message.Type
        let handler: Any.Type
        let pipeline: any AnyObject & Sendable
    }

    private let pipelines: [ObjectIdentifier: any AnyObject & Sendable]

    init(expected: [any Message.Type], of entries: [Entry], faults: [String]) throws(Miswiring) {
        let byType = Dictionary(grouping: entries) { ObjectIdentifier($0.message) }
        let expectedTypes = Set(expected.map { ObjectIdentifier($0) })
        var faults = faults
        for type in expected where byType[ObjectIdentifier(type)] == nil { faults.append("\(type) has no handler") }
        for (type, same) in byType {
            let handlers = same.map { "\($0.handler)" }.joined(separator: " and ")
            if same.count > 1 { faults.append("\(same[0].message) has \(same.count) handlers: \(handlers)") }
            if !expectedTypes.contains(type) {
                faults.append("\(same[0].message) has a handler, \(handlers), but the service does not list it")
            }
        }
        for (name, same) in Dictionary(grouping: expected, by: { $0.name }) where same.count > 1 {
            faults.append("\(same.map { "\($0)" }.joined(separator: " and ")) are both called \(name)")
        }
        guard faults.isEmpty else { throw Miswiring(faults: faults.sorted()) }
        pipelines = byType.compactMapValues { $0.first?.pipeline }
    }

    func find<Pipeline: AnyObject>(_ type: Pipeline.Type, for message: any Message.Type) throws(Miswiring) -> Pipeline {
        guard let pipeline = pipelines[ObjectIdentifier(message)] as? Pipeline else {
            throw Miswiring(faults: ["\(message) has no handler"])
        }
        return pipeline
    }
}
