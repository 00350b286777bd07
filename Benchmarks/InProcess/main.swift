// `benchmarks ROW…` prints the rows of the measurement table that are asked for, without arguments all of them.
// Each row stands in a file of its own.

internal import Glibc

let rows: [(name: String, run: () async throws -> Void)] = [
    ("p3", placingOrders),
    ("p3w", committingOrders),
    ("p4", readingOrders),
    ("p5-redis", publishingToRedis),
    ("p5-kafka", kafkaPublishing),
    ("latency-embedded", latencyEmbedded),
    ("latency-redis", latencyRedis),
    ("latency-kafka", latencyKafka),
    ("p7", orderCoding),
    ("p8", signalReading),
    ("p11", dispatching),
    ("recording", recording),
    ("sqlite", durableInserts),
    ("security", security),
    ("callgrind-decode", orderDecoding),
    ("callgrind-encode", orderEncoding),
    ("callgrind-dispatch", dispatchLoop),
    ("callgrind-verify", verifyLoop),
    ("callgrind-signals", signalProfile),
]

let wanted = CommandLine.arguments.dropFirst()
let unknown = wanted.filter { name in !rows.contains { $0.name == name } }
guard unknown.isEmpty else {
    print("no such row: \(unknown.joined(separator: " ")); there are: \(rows.map(\.name).joined(separator: " "))")
    exit(64)
}
// What has a dash is for a tool, and may never end.
for row in rows where wanted.isEmpty ? !row.name.contains("-") : wanted.contains(row.name) {
    try await row.run()
}
