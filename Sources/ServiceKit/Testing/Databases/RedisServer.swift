internal import Glibc
internal import Synchronization
internal import TradewindReactor

/// A Redis of a test's or a measurement's own: its files in a temporary folder, on a free port of this machine. It
/// goes with this process, however that ends. Its data survive its death.
package final class RedisServer: Sendable {
    private static let program = "/usr/bin/redis-server"

    /// A test is skipped, by name, where there is none.
    package static let isInstalled = unsafe access(program, X_OK) == 0

    package let port: UInt16
    /// The authority of its certificate, for a server that speaks TLS.
    package var authority: String { "\(folder)/cert.pem" }
    package let folder: String
    package var url: String { "redis://127.0.0.1:\(port)" }
    private let helper: ShellHelper
    private let orders = Atomic<Int>(0)

    /// - Parameters:
    ///   - isSecured: speaks TLS and nothing else, as `localhost` and 127.0.0.1.
    ///   - options: of the command line, such as `--requirepass secret`.
    package static func start(isSecured: Bool = false, options: String = "") async throws -> RedisServer {
        guard isInstalled else { throw DidNotHappen("redis-server is not installed") }
        for attempt in 1... {
            let server = try RedisServer(port: try await SocketAddress.free().port, isSecured, options)
            do {
                try await server.start()
                return server
            } catch {
                server.stop()
                // Somebody else may have taken the port meanwhile.
                if attempt == 5 { throw error }
            }
        }
        throw DidNotHappen("Redis did not start")
    }

    private init(port: UInt16, _ isSecured: Bool, _ options: String) throws {
        self.port = port
        folder = try makeFolder()
        let tls = "--port 0 --tls-port \(port) --tls-cert-file cert.pem --tls-key-file key.pem --tls-auth-clients no"
        helper = try ShellHelper(
            Self.script, [folder, Self.program, "\(isSecured ? tls : "--port \(port)") \(options)", "\(isSecured)"])
    }

    /// The shell loops over orders, and acknowledges each by a file. A server that takes connections has written so to
    /// its log.
    private static let script = """
        folder=$1 program=$2 options=$3 secured=$4 number=0
        cd "$folder"
        start() {
            [ $secured = false ] || [ -f cert.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \\
                -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \\
                -keyout key.pem -out cert.pem 2>openssl.log
            : >log
            "$program" --bind 127.0.0.1 --appendonly yes --save '' $options </dev/null >log 2>&1 &
            pid=$!
            until grep -q 'Ready to accept connections' log; do kill -0 $pid || { : >failed; return; }; sleep 0.02; done
        }
        while read -r order; do
            case $order in
            start) start ;;
            kill) kill -KILL $pid; wait $pid ;;
            freeze) kill -STOP $pid ;;
            thaw) kill -CONT $pid ;;
            empty) rm -rf appendonlydir ;;
            esac 2>>helper.log
            number=$((number + 1)); : >"done-$number"
        done
        { kill -CONT $pid; kill -KILL $pid; wait $pid; } 2>>helper.log
        cd /; rm -rf "$folder"
        """

    private func order(_ order: String) async throws {
        let number = orders.add(1, ordering: .relaxed).newValue
        try helper.tell(order)
        try await eventually(within: .seconds(20), "Redis: \(order)") {
            unsafe access("\(folder)/done-\(number)", F_OK) == 0
        }
    }

    package func kill() async throws { try await order("kill") }
    package func start() async throws {
        try await order("start")
        if unsafe access("\(folder)/failed", F_OK) == 0 { throw DidNotHappen("Redis on port \(port) did not start") }
    }
    package func freeze() async throws { try await order("freeze") }
    package func thaw() async throws { try await order("thaw") }
    /// Removes the data of a server that was killed.
    package func empty() async throws { try await order("empty") }

    /// Ends it and removes its folder.
    package func stop() { helper.end() }
}
