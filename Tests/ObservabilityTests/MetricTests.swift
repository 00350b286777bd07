import Testing
import TradewindObservability

@Suite struct `A metric` {
    private let metrics = Metrics()

    @Test func `is the sum of what all threads have counted`() async {
        let counter = metrics.counter("seen_total", "Seen")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { for _ in 0..<10_000 { counter.add() } } }
        }
        #expect(counter.value == 160_000)
        #expect(await metrics.text().contains("\nseen_total 160000\n"))
    }

    @Test func `that is declared twice is the same one`() {
        metrics.counter("seen_total", "Seen").add()
        #expect(metrics.counter("seen_total", "Seen").value == 1)
    }

    @Test func `falls as well when it is a level, and is what was last said when it is a gauge`() async {
        let level = metrics.level("waiting", "Waiting")
        level.add(5)
        level.subtract(7)
        metrics.gauge("warmth", "Warmth").set(36.6)
        let text = await metrics.text()
        #expect(text.contains("# TYPE waiting gauge\nwaiting -2\n") && text.contains("\nwarmth 36.6\n"))
    }

    @Test func `of time has a bucket for each bound, which counts those below as well`() async {
        let histogram = metrics.histogram(
            "took_seconds", "Took", .durations([.milliseconds(1), .milliseconds(10)]))
        for duration in [Duration.microseconds(1), .milliseconds(1), .milliseconds(2), .seconds(3)] {
            histogram.record(duration)
        }
        #expect(
            await metrics.text().contains(
                """
                # TYPE took_seconds histogram
                took_seconds_bucket{le="0.001"} 2
                took_seconds_bucket{le="0.01"} 3
                took_seconds_bucket{le="+Inf"} 4
                took_seconds_sum 3.003001
                took_seconds_count 4

                """))
    }

    @Test func `may be known to somebody else, who is asked`() async {
        metrics.read(.gauge, "outbox_pending", "Waiting") { [Sample(Topic("orders"), 3), Sample(Topic("users"), 4)] }
        metrics.read(.gauge, "silent", "Says nothing") { [] }
        let text = await metrics.text()
        #expect(text.contains("outbox_pending{topic=\"orders\"} 3\noutbox_pending{topic=\"users\"} 4\n"))
        #expect(!text.contains("silent"))
    }
}

@Suite struct `A family of metrics` {
    private let metrics = Metrics()

    @Test func `tells its members apart by labels, escaped`() async {
        let family = metrics.counters("seen_total", "A \"help\"\nof \\ two lines", by: Topic.self)
        family[Topic("a\"b\\c\nd")].add(2)
        family[Topic("é")].add()
        let text = await metrics.text()
        #expect(text.contains(#"# HELP seen_total A "help"\nof \\ two lines"# + "\n"))
        #expect(text.contains(#"seen_total{topic="a\"b\\c\nd"} 2"# + "\n"))
        #expect(text.contains("seen_total{topic=\"é\"} 1\n"))
    }

    @Test func `holds so many members, and those beyond share one that says so`() async {
        let family = metrics.counters("seen_total", "Seen", by: Topic.self, most: 3)
        for number in 0..<100 { family[Topic("\(number)")].add() }
        family[Topic("1")].add()
        let text = await metrics.text()
        #expect(text.contains("seen_total{topic=\"1\"} 2\n"))
        #expect(text.contains("seen_total{topic=\"_overflow\"} 97\n"))
        #expect(text.contains("metrics_label_sets_refused_total 97\n"))
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("seen_total{") }.count == 4)
    }

    @Test func `with a tally tells what has been counted only`() async {
        let family = metrics.tallies("seen_total", "Seen", by: Topic.self, and: "status", ["200", "404"])
        family[Topic("a")].add(at: 1)
        let lines = await metrics.text().split(separator: "\n").filter { $0.hasPrefix("seen_total") }
        #expect(lines == ["seen_total{topic=\"a\",status=\"404\"} 1"])
    }
}

@Suite struct `OpenMetrics` {
    @Test func `names a family of counters without the suffix of its samples, and has an end`() async {
        let metrics = Metrics()
        metrics.counter("seen_total", "Seen").add()
        let text = await metrics.text(.openMetrics)
        #expect(text.contains("# TYPE seen counter\nseen_total 1.0\n") && text.hasSuffix("# EOF\n"))
    }

    @Test func `points from the last value of a bucket to its trace`() async {
        let metrics = Metrics()
        let histogram = metrics.histogram("took_seconds", "Took", .durations([.milliseconds(1), .seconds(1)]))
        histogram.record(2_000_000, Exemplar(traceID: 0xAB, value: 2_000_000, time: 1_749_902_400_500_000_000))
        let exemplar = "# {trace_id=\"000000000000000000000000000000ab\"} 0.002 1749902400.5"
        #expect(await metrics.text(.openMetrics).contains("took_seconds_bucket{le=\"1.0\"} 1.0 \(exemplar)\n"))
        #expect(await !metrics.text().contains("trace_id"))
    }
}

struct Topic: Labels {
    static let names: [StaticString] = ["topic"]
    let topic: String
    init(_ topic: String) { self.topic = topic }
    var values: [String] { [topic] }
}
