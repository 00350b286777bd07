import Glibc
import TradewindTesting

// Runs the order chain through worlds that fail in ways that a seed decides.
//
//     simulate --seeds 10000 [--from 1]     many worlds; ends with 1 when a promise was broken in one
//     simulate --seed 4711 [--trace]        one of them again, step by step

struct Arguments {
    var first: UInt64 = 1
    var count: UInt64 = 1_000
    var isTraced = false

    init?(_ words: [String]) {
        var words = words[...]
        while let word = words.popFirst() {
            switch (word, words.first.flatMap(UInt64.init)) {
            case ("--trace", _): isTraced = true
            case ("--seed", let number?): (first, count, words) = (number, 1, words.dropFirst())
            case ("--seeds", let number?): (count, words) = (number, words.dropFirst())
            case ("--from", let number?): (first, words) = (number, words.dropFirst())
            default: return nil
            }
        }
    }
}

/// The order of a hashed collection is chance too, and the one that only the start of a process can fix.
func fixHashing() {
    guard unsafe getenv("SWIFT_DETERMINISTIC_HASHING") == nil else { return }
    unsafe setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    var words = unsafe CommandLine.arguments.map { unsafe strdup($0) } + [nil]
    _ = unsafe execv("/proc/self/exe", &words)
}

func simulate(_ arguments: Arguments) throws -> Bool {
    let disks = try OrderChain.Disks()
    let start = ContinuousClock.now
    var all = OrderChain.Report(), seen = 0, failures = 0
    for seed in arguments.first..<arguments.first + arguments.count {
        seen += 1
        do {
            let report = try OrderChain.run(seed, on: disks, tell: arguments.isTraced ? { print($0) } : nil)
            all.orders += report.orders
            all.struck.merge(report.struck, uniquingKeysWith: +)
        } catch {
            failures += 1
            print("seed \(seed): \(error)")
            if failures == 20 { break }  // that is enough to know
        }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if arguments.isTraced { return failures == 0 }
    let rate = Int(Double(seen) / max(seconds, 0.001))
    print(Fault.allCases.map { "\($0) \(all.struck[$0] ?? 0)" }.joined(separator: ", "))
    print("\(seen) seeds, \(all.orders) orders, \(failures) broken; \(rate) seeds/s")
    return failures == 0
}

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
    print("simulate [--seeds COUNT] [--from SEED] | --seed SEED [--trace]")
    exit(64)
}
fixHashing()
exit(try simulate(arguments) ? 0 : 1)
