internal import Glibc
internal import Synchronization

/// A PostgreSQL of a test's or a measurement's own: its files in a temporary folder, reached through a socket there and
/// nowhere else. It goes with this process, however that ends.
///
/// It stands in the testing kit so that the tests of adapters, of services and the benchmarks start the same one.
package final class PostgresServer: Sendable {
    /// The folder of `initdb`, `pgbench` and others, of the newest version that is installed.
    package static let programs: String? = {
        let parent = "/usr/lib/postgresql"
        return names(in: parent).compactMap(Int.init).sorted(by: >).map { "\(parent)/\($0)/bin" }
            .first { unsafe access("\($0)/initdb", X_OK) == 0 }
    }()

    /// A test is skipped, by name, where there is none.
    package static let isInstalled = programs != nil

    package let folder: String
    private let helper: ShellHelper
    private let orders = Atomic<Int>(0)

    /// `isDurable`: commits reach the disk, as they must where speed is measured. Otherwise they survive the server's
    /// death, but not the machine's. `files` are copied into its folder, for its eyes only: certificates and keys.
    package static func start(
        isDurable: Bool = false, options: String = "", port: UInt16 = 5432, files: [String] = []
    ) async throws -> PostgresServer {
        guard let programs else { throw DidNotHappen("initdb is not installed (Debian: postgresql-15)") }
        let server = try PostgresServer(programs, isDurable, options, port, files)
        do {
            try await server.order("start", within: .seconds(60))
            return server
        } catch {
            server.stop()
            throw error
        }
    }

    private init(
        _ programs: String, _ isDurable: Bool, _ options: String, _ port: UInt16, _ files: [String]
    ) throws {
        folder = try makeFolder()
        let durability = isDurable ? "" : "-c fsync=off -c full_page_writes=off"
        helper = try ShellHelper(
            Self.script, [folder, programs, "-c listen_addresses= \(durability) \(options)", "\(port)"] + files)
    }

    /// The shell loops over orders, and acknowledges each by a file. initdb refuses to run as root.
    private static let script = """
        folder=$1 programs=$2 options=$3 PGPORT=$4 number=0
        export PGPORT
        shift 4
        as=; [ "$(id -u)" = 0 ] && as='setpriv --reuid=postgres --regid=postgres --clear-groups' && chown postgres "$folder"
        for file; do install -m 600 ${as:+-o postgres} "$file" "$folder"; done
        cd "$folder"
        children() { grep -l "^PPid:[[:space:]]*$pid$" /proc/[0-9]*/status 2>/dev/null | cut -d/ -f3; }
        start() {
            [ -d data ] || $as "$programs/initdb" -D data -U tradewind -A trust -E UTF8 --locale=C.UTF-8 --no-sync >initdb.log
            $as "$programs/postgres" -D data -k "$folder" $options </dev/null >>log 2>&1 &
            pid=$!
            until "$programs/pg_isready" -q -h "$folder"; do kill -0 $pid || return; sleep 0.02; done
        }
        while read -r order; do
            case $order in
            start) start ;;
            kill) all="$(children)"; kill -KILL $pid $all; wait $pid ;;
            freeze) kill -STOP $pid $(children) ;;
            thaw) kill -CONT $pid $(children) ;;
            quit) kill -INT $pid; wait $pid ;;
            esac 2>>helper.log
            number=$((number + 1)); : >"done-$number"
        done
        { kill -CONT $pid $(children); kill -QUIT $pid; wait $pid; } 2>>helper.log
        cd /; rm -rf "$folder"
        """

    private func order(_ order: String, within limit: Duration = .seconds(20)) async throws {
        let number = orders.add(1, ordering: .relaxed).newValue
        try helper.tell(order)
        try await eventually(within: limit, "PostgreSQL: \(order)") {
            unsafe access("\(folder)/done-\(number)", F_OK) == 0
        }
    }

    package var connection: String { "host=\(folder) user=tradewind dbname=postgres" }

    /// The server and all its processes, at once.
    package func kill() async throws { try await order("kill") }
    package func start() async throws { try await order("start") }
    package func freeze() async throws { try await order("freeze") }
    package func thaw() async throws { try await order("thaw") }
    /// As an administrator stops it: sessions end with a word.
    package func quit() async throws { try await order("quit") }

    /// Ends it and removes its folder.
    package func stop() { helper.end() }
}
