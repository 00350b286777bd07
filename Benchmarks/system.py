"""Rows about whole programs: the chain of services, their API on PostgreSQL, WebSockets. README.md says how and why."""

import asyncio, http.client, json, os, re, sqlite3, subprocess, threading, time, uuid

from harness import NotMeasured, Row, Server, free_port, median, raise_descriptor_limit
from servers import Postgres, Redis

CHAIN = ("users", "orders", "payments")
ORDER = {"userId": str(uuid.UUID(int=1)), "items": [{"productId": "product-mouse", "quantity": 2, "price": 29.99}]}
QUEUED = 30_000
SOCKETS = 10_000


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Chain:
    """The services of an order, in one process on `embedded`, else each in its own."""

    def __init__(self, bench, backend, environment={}):
        self.home = bench.folder / f"chain-{backend}"
        self.home.mkdir()
        ports = {name: free_port() for name in CHAIN}
        environment = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()} | environment
        environment |= {"MESSAGING_BACKEND": backend, "OTEL_TRACES_SAMPLER_ARG": "0.01"}
        for names in [",".join(CHAIN)] if backend == "embedded" else CHAIN:
            log = self.home / f"{names}.log"
            command = [str(bench.program), "--services", names]
            first = names.split(",")[0]
            server = Server(command, ports[first], "/health/ready", self.home, environment, log=log)
            bench.start(server).wait_until_ready()
        self.port = ports["orders"]

    def orders(self):
        """(status, placed at, changed at) of each, in microseconds."""
        with sqlite3.connect(f"file:{self.home}/data/orders.db?mode=ro", uri=True, timeout=30) as database:
            return database.execute("SELECT status, created_at, updated_at FROM orders").fetchall()

    def wait_until_paid(self, seconds):
        end = time.monotonic() + seconds
        while True:
            orders = self.orders()
            unpaid = sum(status != "paid" for status, _, _ in orders)
            if not unpaid:
                return orders
            if time.monotonic() > end:
                raise NotMeasured(f"{unpaid} of {len(orders)} orders were not paid within {seconds} s")
            time.sleep(0.2)


def place_steadily(port, rate, seconds):
    """Orders at a rate that does not wait for answers."""
    body, headers = json.dumps(ORDER), {"Content-Type": "application/json"}
    began, wrong = time.monotonic(), []

    def place(worker, workers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(worker, rate * seconds, workers):
            time.sleep(max(0, began + number / rate - time.monotonic()))
            connection.request("POST", "/api/orders", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 201:
                wrong.append(answer.status)

    workers = [threading.Thread(target=place, args=(worker, 8)) for worker in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if wrong:
        raise NotMeasured(f"an order was answered {wrong[0]}")


def post(bench, port, seconds, connections=64):
    """Orders as fast as they are taken; the requests a second."""
    script = bench.folder / "order.lua"
    script.write_text(
        f"wrk.method, wrk.path, wrk.body = 'POST', '/api/orders', '{json.dumps(ORDER)}'\n"
        "wrk.headers['Content-Type'] = 'application/json'\n")
    run = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True).stdout
    if wrong := re.search(r"^\s*(Non-2xx.*|Socket errors.*)$", run, re.MULTILINE):
        raise NotMeasured(f"wrk saw {wrong[1].strip()}")
    return float(re.search(r"^Requests/sec:\s+([\d.]+)$", run, re.MULTILINE)[1])


def brokers(bench):
    yield "embedded", {}, 10
    redis = Redis(bench.folder)
    bench.stack.callback(redis.stop)
    yield "redis", {"REDIS_URL": redis.url}, 10
    starter, home = os.environ.get("TRADEWIND_KAFKA"), bench.folder / "kafka"
    if starter:
        port = free_port()
        subprocess.run([starter, "start", str(home), str(port)], check=True, capture_output=True)
        bench.stack.callback(lambda: subprocess.run([starter, "stop", str(home)], capture_output=True))
        yield "kafka", {"KAFKA_BROKERS": f"127.0.0.1:{port}"}, 25


def p6(bench):
    """From an order to its payment and back, at 50 orders a second and after a burst, through each broker."""
    rows = []
    for backend, environment, limit in brokers(bench):
        chain = Chain(bench, backend, environment)
        place_steadily(chain.port, rate=50, seconds=2)
        warm = len(chain.wait_until_paid(60))
        place_steadily(chain.port, rate=50, seconds=10)
        times = [(paid - placed) / 1000 for _, placed, paid in chain.wait_until_paid(60)[warm:]]
        p50 = median(times)
        rows.append(Row(
            f"P6 order to paid at 50/s, p50, {backend}", f"{p50:.1f} ms", bar=f"≤ {limit} ms", met=p50 <= limit))
        rows.append(Row(f"P6 order to paid at 50/s, p99, {backend}", f"{percentile(times, 0.99):.1f} ms"))
        steady, burst = len(times) + warm, []
        while len(burst) < QUEUED:
            post(bench, chain.port, seconds=3)
            burst = chain.orders()[steady:]
        burst = chain.wait_until_paid(300)[steady:]
        rate = len(burst) / (max(paid for _, _, paid in burst) - min(placed for _, placed, _ in burst)) * 1e6
        rows.append(Row(
            f"P6 {len(burst):,} orders at once, paid, {backend}", f"{rate:,.0f}/s", bar="≥ 2,000/s", met=rate >= 2_000))
    return rows


class Database(Postgres):
    """A durable server of the row's own, with pgbench beside it."""

    def __init__(self, bench):
        super().__init__(bench.folder, "shared_buffers=512MB")
        bench.stack.callback(self.stop)

    def pgbench(self, database, script, seconds):
        path = self.home / "script.sql"
        path.write_text(script)
        out = self.run(
            "pgbench", "-h", str(self.home), "-U", "tradewind", "-n", "-M", "prepared", "-c", "64", "-j", "1", "-T",
            str(seconds), "-f", str(path), database)
        return float(re.search(r"^tps = ([\d.]+)", out, re.MULTILINE)[1])

    def orders(self, bench):
        """The orders service on a database here, with a Redis to tell its events to."""
        self.sql("postgres", "CREATE DATABASE orders")
        redis, port = Redis(bench.folder, durable=False), free_port()
        bench.stack.callback(redis.stop)
        environment = self.environment | {
            "ORDERS_PORT": str(port), "MESSAGING_BACKEND": "redis", "REDIS_URL": redis.url,
            "OTEL_TRACES_SAMPLER_ARG": "0.01"}
        server = bench.start(Server(
            [str(bench.program), "--services", "orders"], port, "/health/ready", bench.folder, environment,
            log=bench.folder / "orders.log"))
        server.wait_until_ready()
        return port


INSERT = r"""
\set n random(1, 1000000000)
WITH placed AS (
    INSERT INTO orders (id, user_id, items, total, status, created_at, updated_at, version)
    VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000001',
            '[{"productId": "product-mouse", "quantity": 2, "price": 29.99}]', 59.98, 'pending', now(), now(), 1)
    RETURNING id)
INSERT INTO outbox (id, topic, key, body, created_at)
SELECT gen_random_uuid(), 'order.created', id::text, convert_to(rpad('{"specversion": "1.0"', 500), 'UTF8'), now()
FROM placed;
"""
SELECT = r"""
\set n random(0, 99999)
SELECT id, user_id, items, total, status, created_at, updated_at, version FROM orders
WHERE id = ('00000000-0000-7000-8000-' || lpad(to_hex(CAST(:n AS bigint)), 12, '0'))::uuid;
"""


def api(bench):
    """`POST /api/orders` and `GET /api/orders/:id` on PostgreSQL, 64 clients, against pgbench with the statements."""
    postgres = Database(bench)
    port = postgres.orders(bench)
    post(bench, port, seconds=2)
    turns = []
    for _ in range(5):
        ours = post(bench, port, seconds=3)
        # What was told is gone before the other side begins, so that nothing of ours works beside it.
        while postgres.sql("orders", "SELECT count(*) FROM outbox") != "0":
            time.sleep(0.1)
        turns.append((ours, postgres.pgbench("orders", INSERT, 3)))
        postgres.sql("orders", "TRUNCATE outbox")
    rows = [judged("P3 POST /api/orders", turns)]
    postgres.sql(
        "orders",
        "INSERT INTO orders SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, "
        "'00000000-0000-0000-0000-000000000001', '[{\"productId\":\"product-mouse\",\"quantity\":2,\"price\":29.99}]', "
        "59.98, 'paid', now(), now(), 1 FROM generate_series(0, 99999) AS n")
    postgres.sql("orders", "VACUUM ANALYZE orders")
    script = bench.folder / "get.lua"
    script.write_text(
        "request = function() return wrk.format('GET', "
        "string.format('/api/orders/00000000-0000-7000-8000-%012x', math.random(0, 99999))) end\n")

    def get(seconds):
        run = subprocess.run(
            ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, check=True).stdout
        if wrong := re.search(r"^\s*(Non-2xx.*|Socket errors.*)$", run, re.MULTILINE):
            raise NotMeasured(f"wrk saw {wrong[1].strip()}")
        return float(re.search(r"^Requests/sec:\s+([\d.]+)$", run, re.MULTILINE)[1])

    get(1)
    turns = [(get(3), postgres.pgbench("orders", SELECT, 3)) for _ in range(5)]
    return rows + [judged("P4 GET /api/orders/:id", turns)]


def judged(what, turns):
    ratio = median([ours / theirs for ours, theirs in turns])
    ours, theirs = (median(side) for side in zip(*turns))
    return Row(what, f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f} ×", "≥ 0.8 ×", ratio >= 0.8)


def p10(bench):
    """95th percentile of a page and of one order, with 5,000,000 orders stored and with 5,000."""
    def fill(count):
        """Two users in three order; seeded as `tradewind seed` does it."""
        home, port = bench.folder / f"stored-{count}", free_port()
        home.mkdir()
        subprocess.run(
            [str(bench.program), "seed", "--services", "orders", "--users", "1000", "--orders", str(count)], cwd=home,
            check=True, capture_output=True)
        server = Server(
            [str(bench.program), "--services", "orders"], port, "/health/ready", home, {"ORDERS_PORT": str(port)},
            log=home / "log")
        bench.start(server).wait_until_ready()
        with sqlite3.connect(f"file:{home}/data/orders.db?mode=ro", uri=True) as database:
            known = database.execute("SELECT id, user_id FROM orders ORDER BY random() LIMIT 500").fetchall()
        return port, known

    def ask(port, paths):
        connection, times = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
        for path in paths:
            began = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != 200:
                raise NotMeasured(f"{path} was answered {answer.status}")
        return percentile(times, 0.95) * 1e6

    sides = [fill(5_000_000), fill(5_000)]
    rows = []
    for what, path in {
        "GET /api/orders/:id": lambda order, user: f"/api/orders/{order}",
        "GET /api/orders": lambda order, user: f"/api/orders?limit=50&after={order}",
        "GET /api/orders?userId=": lambda order, user: f"/api/orders?limit=20&userId={user}",
        "GET /api/orders?status=": lambda order, user: f"/api/orders?limit=50&status=paid&after={order}",
    }.items():
        turns = [[ask(port, [path(*one) for one in known]) for port, known in sides] for _ in range(5)]
        ratio = median([many / few for many, few in turns])
        many, few = (median(side) for side in zip(*turns))
        rows.append(Row(
            f"P10 {what}, p95, 5,000,000 and 5,000 stored", f"{many:,.0f} µs", f"{few:,.0f} µs", f"{ratio:.2f} ×",
            "≤ 1.3 ×", ratio <= 1.3))
    return rows


def p12(bench):
    """10,000 idle WebSockets on the gateway, and an event to all of them."""
    if (limit := raise_descriptor_limit()) < SOCKETS + 100:
        raise NotMeasured(f"only {limit} open files are allowed")
    ports = {name: free_port() for name in (*CHAIN, "gateway")}
    server = Server(
        [str(bench.program), "--services", "gateway,users,orders,payments"], ports["gateway"], "/health/ready",
        bench.folder, {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
        | {"HTTP_MAX_CONNECTIONS": str(SOCKETS + 100)}, log=bench.folder / "gateway.log")
    bench.start(server).wait_until_ready()
    each, late = asyncio.run(listen(server, ports))
    return [
        Row(f"P12 {SOCKETS:,} idle WebSockets, memory of each", f"{each:,.0f} B", bar="< 8 KiB", met=each < 8192),
        Row("P12 an event to all of them, the last after", f"{late * 1000:.0f} ms", bar="≤ 250 ms", met=late <= 0.25),
    ]


async def listen(server, ports):
    before, frame = server.memory()[0], b'{"subscribe":["order.created"]}'
    heard = asyncio.Event()
    arrivals = []

    class Listener(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.is_open = transport, asyncio.get_running_loop().create_future()
            transport.write(
                b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            self.seen = False

        def data_received(self, data):
            if not self.is_open.done():
                self.is_open.set_result(data.startswith(b"HTTP/1.1 101"))
                mask = b"\0\0\0\0"
                self.transport.write(bytes([0x81, 0x80 | len(frame)]) + mask + frame)
            elif b"order.created" in data and b'"data"' in data and not self.seen:
                self.seen = True
                arrivals.append(time.monotonic())
                if len(arrivals) == SOCKETS:
                    heard.set()

    loop, listeners = asyncio.get_running_loop(), []
    for _ in range(0, SOCKETS, 200):
        opened = await asyncio.gather(
            *(loop.create_connection(Listener, "127.0.0.1", server.port) for _ in range(200)))
        listeners += [listener for _, listener in opened]
        if not all(await asyncio.gather(*(listener.is_open for _, listener in opened))):
            raise NotMeasured("a WebSocket was refused")
    await asyncio.sleep(2)
    each = (server.memory()[0] - before) / SOCKETS
    connection = http.client.HTTPConnection("127.0.0.1", ports["orders"], timeout=30)
    connection.request("POST", "/api/orders", json.dumps(ORDER), {"Content-Type": "application/json"})
    assert connection.getresponse().status == 201
    await asyncio.wait_for(heard.wait(), 30)
    # From the first to the last: what is before is the way of any event.
    late = arrivals[-1] - arrivals[0]
    for listener in listeners:
        listener.transport.abort()
    return each, late


ROWS = {"P6": p6, "api": api, "P10": p10, "P12": p12}
