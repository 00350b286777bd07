// `benchmarks ROW…` prints the rows of the measurement table that are asked for, without arguments all of them.
// Each row stands in a file of its own.

internal import Glibc

let rows: [(name: String, run: () async throws -> Void)] = [
    ("p3", placingOrders),
    ("p4", readingOrders),
    ("p5-kafka", kafkaPublishing),
    ("p7", orderCoding),
    ("p11", dispatching),
    ("sqlite", durableInserts),
    ("callgrind-decode", orderDecoding),
    ("callgrind-encode", orderEncoding),
    ("callgrind-dispatch", dispatchLoop),
]

let wanted = CommandLine.arguments.dropFirst()
let unknown = wanted.filter { name in !rows.contains { $0.name == name } }
guard unknown.isEmpty else {
    print("no such row: \(unknown.joined(separator: " ")); there are: \(rows.map(\.name).joined(separator: " "))")
    exit(64)
}
for row in rows where wanted.isEmpty ? !row.name.hasPrefix("callgrind") : wanted.contains(row.name) {
    try await row.run()
}
