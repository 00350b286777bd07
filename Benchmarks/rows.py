"""The rows of the table: each is a function that measures and returns rows. README.md says how and why."""

import os, pathlib, re, shutil, subprocess, time

import system
from harness import (
    BUFFERED_LOG, LOAD_CORE, NO_LOG, ROOT, SERVER_CORE, Bench, Client, NotMeasured, Row, median,
    raise_descriptor_limit, wrk)

ROUNDS, SECONDS, WARM_UP = 9, 2, 2
STARTS = 10
CONNECTIONS = 10_000
MB = 1_000_000
# What quality.md lets a benchmark choose: all else stays as it is by default.
ONE_PERCENT = {"OTEL_TRACES_SAMPLER_ARG": "0.01"}


def p1(bench):
    """A 13-byte text over 64 keep-alive connections, against nginx without and with an access log."""
    servers = {
        "ours": bench.ours(core=SERVER_CORE, WORKERS="1", **ONE_PERCENT),
        "bare": bench.nginx(NO_LOG, core=SERVER_CORE),
        "logging": bench.nginx(BUFFERED_LOG, core=SERVER_CORE),
    }
    for server in servers.values():
        server.wait_until_ready()
        client = Client(server.port)
        client.get("/hello")
        client.close()
        wrk(server.port, WARM_UP)
    rounds = [{name: wrk(server.port, SECONDS) for name, server in servers.items()} for _ in range(ROUNDS)]
    rate = {name: median([round[name][0] for round in rounds]) for name in servers}
    p99 = {name: median([round[name][1] for round in rounds]) for name in servers}

    def paired(them, figure):
        """The median of the rounds' ratios: a machine that changes its pace between two rounds changes neither."""
        return median([round["ours"][figure] / round[them][figure] for round in rounds])

    def speed(them, bar):
        ratio = paired(them, 0)
        return [f"{rate['ours']:,.0f}/s", f"{rate[them]:,.0f}/s", f"{ratio:.2f} ×"] + (
            ["≥ 1.0 ×", ratio >= 1] if bar else [])

    def wait(them, bar):
        ratio = paired(them, 1)
        return [f"{p99['ours']:,.0f} µs", f"{p99[them]:,.0f} µs", f"{ratio:.2f} ×"] + (
            ["≤ 1.0 ×", ratio <= 1] if bar else [])

    return [
        Row("P1 text, requests, nginx without a log", *speed("bare", True)),
        Row("P1 text, p99, nginx without a log", *wait("bare", True)),
        Row("P1 text, requests, nginx with a buffered log", *speed("logging", False)),
        Row("P1 text, p99, nginx with a buffered log", *wait("logging", False)),
    ]


def p2(bench):
    """The text of P1 through a gateway to an nginx that has it, against nginx with 64 kept connections to the same."""
    text = bench.nginx(NO_LOG, core=LOAD_CORE)
    servers = {
        "ours": bench.ours(
            core=SERVER_CORE, arguments=["--services", "gateway"], WORKERS="1",
            USER_SERVICE_URL=f"http://127.0.0.1:{text.port}", **ONE_PERCENT),
        "theirs": bench.nginx(NO_LOG, core=SERVER_CORE, upstream=text.port),
    }
    for server in [text, *servers.values()]:
        server.wait_until_ready()
        wrk(server.port, WARM_UP, path="/api/users")
    rounds = [
        {name: wrk(server.port, SECONDS, path="/api/users") for name, server in servers.items()}
        for _ in range(ROUNDS)]
    ratio = median([round["ours"][0] / round["theirs"][0] for round in rounds])
    ours, theirs = (median([round[name][0] for round in rounds]) for name in servers)
    figures = f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f} ×"
    return [Row("P2 text through the gateway", *figures, "≥ 1.0 ×", ratio >= 1)]


def observed(bench):
    """The text of P1 with access log, metrics and every hundredth trace, against our server with nothing around it."""
    servers = {"watched": bench.ours(core=SERVER_CORE, WORKERS="1", **ONE_PERCENT), "bare": bench.bare(SERVER_CORE)}
    for server in servers.values():
        server.wait_until_ready()
        wrk(server.port, WARM_UP)
    rounds = [{name: wrk(server.port, SECONDS)[0] for name, server in servers.items()} for _ in range(ROUNDS)]
    ratio = median([round["watched"] / round["bare"] for round in rounds])
    watched, bare = (median([round[name] for round in rounds]) for name in servers)
    return [Row("P1 text, log, metrics and traces on, ours without them", f"{watched:,.0f}/s", f"{bare:,.0f}/s",
                f"{ratio:.2f} ×", "≥ 0.9 ×", ratio >= 0.9)]


def in_process(bench, row, *names, runs=3, pinned=True):
    """What `benchmarks` prints in the line of that row under these names: medians of so many processes."""
    program = bench.program.with_name("benchmarks")
    if not program.exists():
        raise NotMeasured("the product `benchmarks` is not built")
    pattern = rf"^{row} " + " ".join(rf"{name}=([\d.]+)" for name in names)
    command = [*(["taskset", "-c", SERVER_CORE] if pinned else []), str(program), row.lower()]
    found = []
    for _ in range(runs):
        line = re.search(pattern, subprocess.run(command, capture_output=True, text=True, check=True).stdout, re.M)
        if not line:
            raise NotMeasured(f"`benchmarks {row.lower()}` printed no line that starts with {row}")
        found.append([float(figure) for figure in line.groups()])
    return [median(figures) for figures in zip(*found)]


def p3(bench):
    """An order and its event committed, by one statement and by a unit of work, 64 clients, against pgbench."""
    return [
        statements(bench, "P3", "P3 insert of an order and its event, statement alone"),
        statements(bench, "P3W", "P3 insert of an order and its event, unit of work"),
    ]


def p4(bench):
    """An order by its key, 64 clients, against pgbench."""
    return [statements(bench, "P4", "P4 select of an order, statement alone")]


def statements(bench, row, what):
    # The rounds are in the program, around both sides, and clients and server share all cores.
    ours, theirs = in_process(bench, row, r"ours\w*", r"theirs\w*", runs=1, pinned=False)
    ratio = ours / theirs
    return Row(what, f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f} ×", "≥ 0.8 ×", ratio >= 0.8)


def p5_redis(bench):
    """100,000 events published to Redis in batches, against redis-benchmark's XADD of the same size and depth."""
    ours, theirs = in_process(bench, "P5-Redis", r"ours\w*", r"theirs\w*", runs=1, pinned=False)
    ratio = ours / theirs
    return [Row("P5 events published to Redis", f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f} ×", "≥ 0.3 ×",
                ratio >= 0.3)]


def sqlite(bench):
    """An order and its event in a file, on the disk before the caller goes on, 64 tasks, against SQLite's shell."""
    ours, theirs = in_process(bench, "SQLite", r"ours\w*", r"theirs\w*", runs=1, pinned=False)
    return [Row("SQLite insert of an order and its event", f"{ours:,.0f}/s", f"{theirs:,.0f}/s",
                f"{ours / theirs:.1f} ×")]


def p5_kafka(bench):
    """100,000 events to Kafka, acks=all, against Kafka's own producer benchmark."""
    if not os.environ.get("TRADEWIND_KAFKA"):
        raise NotMeasured("TRADEWIND_KAFKA names no program that starts a Kafka")
    ours, theirs = in_process(bench, "P5-Kafka", r"ours\w*", r"theirs\w*", runs=1, pinned=False)
    ratio = ours / theirs
    return [Row("P5 events to Kafka", f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f} ×", "≥ 0.3 ×", ratio >= 0.3)]


def latency(bench):
    """From publish to handler through each broker, at a hundred events a second and at half of what passes at most."""
    rows = []
    for name, bar in ("Embedded", 2), ("Redis", 2), ("Kafka", 10):
        if name == "Kafka" and not os.environ.get("TRADEWIND_KAFKA"):
            raise NotMeasured("TRADEWIND_KAFKA names no program that starts a Kafka")
        p50, p99, half, half_p50, half_p99 = in_process(
            bench, f"Latency-{name}", "p50_ms", "p99_ms", "half", "half_p50_ms", "half_p99_ms", runs=1, pinned=False)
        rows += [
            Row(f"Publish to handler, {name}, 100/s, p50", f"{p50:.2f} ms", bar=f"< {bar} ms", met=p50 < bar),
            Row(f"Publish to handler, {name}, 100/s, p99", f"{p99:.2f} ms"),
            Row(f"Publish to handler, {name}, half of saturation ({half:,.0f}/s), p50", f"{half_p50:.2f} ms"),
            Row(f"Publish to handler, {name}, half of saturation ({half:,.0f}/s), p99", f"{half_p99:.2f} ms"),
        ]
    return rows


def p7(bench):
    """Decode, validate and encode an order, in process, against Foundation's coders."""
    ours, theirs = in_process(bench, "P7", "ours_ns", "theirs_ns")
    ratio = theirs / ours
    return [Row("P7 JSON order, there and back", f"{ours:,.0f} ns", f"{theirs:,.0f} ns", f"{ratio:.1f} ×", "≥ 5 ×",
                ratio >= 5)]


def p8(bench):
    """The messages of the parser's corpus, and one of 100 KB that nobody meant well, in process."""
    rate, hostile = in_process(bench, "P8", "messages", r"bytes=\d+ hostile_ns")
    return [
        Row("P8 signal messages read", f"{rate:,.0f}/s", bar="≥ 300,000/s", met=rate >= 300_000),
        Row("P8 a hostile message of 100 KB", f"{hostile / 1e6:.1f} ms"),
    ]


def p9(bench):
    """From exec to the first 200 of /health/ready; memory when idle; size of the stripped program."""
    times = []
    for _ in range(STARTS):
        server = bench.ours()
        times.append(server.wait_until_ready() * 1000)
        server.stop()
    server = bench.ours()
    server.wait_until_ready()
    time.sleep(1)  # what starting used for a moment is given back
    resident, proportional = server.memory()
    stripped = bench.folder / "stripped"
    subprocess.run(["strip", "-o", str(stripped), str(bench.program)], check=True)
    size = stripped.stat().st_size
    return [
        Row("P9 start to ready", f"{median(times):.1f} ms", bar="< 100 ms", met=median(times) < 100),
        Row("P9 idle resident memory", f"{resident / MB:.1f} MB", bar="< 15 MB", met=resident < 15 * MB),
        Row("P9 idle proportional memory", f"{proportional / MB:.1f} MB"),
        Row("P9 stripped program", f"{size / MB:.1f} MB", bar="< 40 MB", met=size < 40 * MB),
    ]


def connections(bench):
    """10,000 keep-alive connections, all held, each served twice."""
    if (limit := raise_descriptor_limit()) < CONNECTIONS + 100:
        raise NotMeasured(f"only {limit} open files are allowed")

    def each(server):
        server.wait_until_ready()
        before = server.memory()[0]
        clients = []
        try:
            for _ in range(CONNECTIONS):
                clients.append(Client(server.port))
                clients[-1].get("/hello")
            for client in clients:
                client.get("/hello")
            return (server.memory()[0] - before) / CONNECTIONS
        finally:
            for client in clients:
                client.close()

    ours, theirs = each(bench.ours(WORKERS="1")), each(bench.nginx(NO_LOG))
    return [Row(f"{CONNECTIONS:,} idle connections, memory of each", f"{ours:,.0f} B", f"{theirs:,.0f} B",
                f"{ours / theirs:.2f} ×", "all served", True)]


def p11(bench):
    """A command and a query through every behaviour of their buses, and what it costs to tell of them, in process."""
    command, query = in_process(bench, "P11", "dispatch_ns", "query_ns")
    counter, histogram, line, access = in_process(
        bench, "Recording", "counter_ns", "histogram_ns", "line_ns", "access_ns")
    return [
        Row("P11 dispatch of a command", f"{command:,.0f} ns", bar="< 1 µs", met=command < 1000),
        Row("P11 dispatch of a query", f"{query:,.0f} ns"),
        Row("P11 adding to a counter", f"{counter:,.0f} ns", bar="< 100 ns", met=counter < 100),
        Row("P11 recording in a histogram", f"{histogram:,.0f} ns", bar="< 100 ns", met=histogram < 100),
        Row("P11 formatting a log line, its context and two fields", f"{line:,.0f} ns", bar="< 2 µs", met=line < 2000),
        Row("P11 formatting an access line", f"{access:,.0f} ns", bar="< 2 µs", met=access < 2000),
    ]


def security(bench):
    """A token of an hour checked, and one of 10,000 buckets asked: what the gateway does for every request."""
    verify, limit = in_process(bench, "Security", "verify_ns", "limit_ns")
    return [
        Row("Check of a token", f"{verify:,.0f} ns", bar="< 3 µs", met=verify < 3000),
        Row("Check of a rate limit", f"{limit:,.0f} ns"),
    ]


def p13(bench):
    """A clean release build, in a folder of its own."""
    scratch = ROOT / ".build/clean-release"
    shutil.rmtree(scratch, ignore_errors=True)
    start = time.perf_counter()
    subprocess.run(
        ["swift", "build", "-c", "release", "--scratch-path", str(scratch)],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    shutil.rmtree(scratch)
    return [Row("P13 clean release build", f"{seconds:.0f} s", bar="≤ 480 s", met=seconds <= 480)]


ROWS = {
    "P1": p1, "P2": p2, "observed": observed, "P3": p3, "P4": p4, "P5-Kafka": p5_kafka, "P5-Redis": p5_redis,
    "latency": latency, "SQLite": sqlite, "P7": p7, "P8": p8, "P9": p9, "connections": connections, "P11": p11,
    "security": security, **system.ROWS, "P13": p13}
