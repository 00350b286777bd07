internal import TradewindObservability
internal import TradewindReactor

extension Metrics {
    /// The process under the names that Prometheus' own client libraries use, and its event loops.
    func readProcess(loops: [EventLoop]) {
        fact(.counter, "process_cpu_seconds_total", "User and system time spent") { $0.cpuSeconds }
        fact(.gauge, "process_start_time_seconds", "When the process started, since 1970") { $0.startTime }
        fact(.gauge, "process_virtual_memory_bytes", "Size of the address space") { $0.virtualBytes }
        fact(.gauge, "process_resident_memory_bytes", "Memory in use") { $0.residentBytes }
        fact(.gauge, "process_open_fds", "Open file descriptors") { $0.openDescriptors }
        fact(.gauge, "process_max_fds", "Most that may be open") { $0.mostDescriptors }
        fact(.gauge, "process_threads", "Threads of the process") { $0.threads }
        read(.histogram, "event_loop_lag_seconds", "How long turns of an event loop kept later events waiting") {
            loops.map { loop in
                let (counts, sum) = loop.turnTimes.snapshot
                let buckets = Buckets(TurnTimes.bounds, scale: 1e9)
                return Sample(
                    LoopLabels(loop: loop.index), HistogramSnapshot(buckets: buckets, counts: counts, sum: sum))
            }
        }
    }

    private func fact(
        _ kind: MetricKind, _ name: StaticString, _ help: StaticString,
        _ value: @escaping @Sendable (ProcessFacts) -> Double?
    ) {
        read(kind, name, help) { value(.read()).map { [Sample($0)] } ?? [] }
    }
}

private struct LoopLabels: Labels {
    static let names: [StaticString] = ["loop"]
    let loop: Int
    var values: [String] { ["\(loop)"] }
}
