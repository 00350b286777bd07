#!/usr/bin/env python3
"""What we tell, judged by those who are told: Prometheus scrapes us, OpenTelemetry's own code decodes our spans."""

import base64, contextlib, http.server, json, os, pathlib, re, shutil, socket, sqlite3, subprocess, tempfile, threading
import urllib.error, urllib.parse, urllib.request, uuid

from harness import Program, Skip, eventually, run

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def ask(program, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{program.port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def status_of(program, path, **headers):
    try:
        ask(program, path, **headers)
        return 200
    except urllib.error.HTTPError as answer:
        return answer.code


def load(program, requests):
    """So many requests through one connection, a hundred at a time."""
    with program.connect() as caller:
        for _ in range(requests // 100):
            caller.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
            received = b""
            while received.count(b"Hello, World!") < 100:
                received += caller.recv(1 << 20)


def promtool_finds_nothing_to_say():
    if not shutil.which("promtool"):
        raise Skip("promtool is not installed")
    with Program() as program:
        ask(program, "/hello")
        check = subprocess.run(
            ["promtool", "check", "metrics"], input=ask(program, "/metrics"), capture_output=True, text=True)
        assert check.returncode == 0 and not check.stdout + check.stderr, check


def prometheus_scrapes_us():
    if not shutil.which("prometheus"):
        raise Skip("Prometheus is not installed")
    with Program() as program, tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            ask(program, "/hello")
        pathlib.Path(folder, "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{
                "job_name": "ours", "static_configs": [{"targets": [f"127.0.0.1:{program.port}"]}]}]}))
        port = free_port()
        server = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
             f"--web.listen-address=127.0.0.1:{port}", "--enable-feature=exemplar-storage"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            def value(query):
                try:
                    url = f"http://127.0.0.1:{port}/api/v1/query?query={urllib.parse.quote(query)}"
                    with urllib.request.urlopen(url, timeout=5) as answer:
                        found = json.load(answer)["data"]["result"]
                    return found and float(found[0]["value"][1])
                except OSError:
                    return None
            eventually(lambda: value("up") == 1.0, 60, "a scrape without an error")
            requests = 'http_requests_total{method="GET",route="/hello",status="200"}'
            assert value(requests) == 3, value(requests)
            assert value('http_request_duration_seconds_count{route="/hello"}') == 3
            for name in ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
                         "process_start_time_seconds", "event_loop_lag_seconds_count", "http_connections_open"):
                assert value(name) is not None, name
        finally:
            server.kill()
            server.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Collector:
    """Takes spans as a collector does, in either form, and answers 503 at first."""

    def __init__(self, refusals=0):
        self.bodies, self.refusals = [], refusals
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.refusals -= 1
                status = 503 if collector.refusals >= 0 else 200 if self.path == "/v1/traces" else 404
                if status == 200:
                    collector.bodies.append((self.headers["Content-Type"], body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def requests(self):
        """All that came, as OpenTelemetry's own classes."""
        try:
            from google.protobuf import json_format
            from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
        except ImportError:
            raise Skip("opentelemetry-proto is not installed")
        for kind, body in list(self.bodies):
            if kind == "application/x-protobuf":
                yield ExportTraceServiceRequest.FromString(body)
            else:
                # Its ids are hexadecimal, which only OTLP's JSON has; json_format wants base64.
                text = re.sub(
                    r'"(traceId|spanId|parentSpanId)":"([0-9a-f]+)"',
                    lambda m: f'"{m[1]}":"{base64.b64encode(bytes.fromhex(m[2])).decode()}"', body.decode())
                yield json_format.Parse(text, ExportTraceServiceRequest())

    def spans(self):
        return [
            (resource.resource.attributes[0].value.string_value, span)
            for request in self.requests() for resource in request.resource_spans
            for scope in resource.scope_spans for span in scope.spans]


@contextlib.contextmanager
def redis():
    """A server of the test's own; what it yields starts it, so that it can come late."""
    if not shutil.which("redis-server"):
        raise Skip("redis-server is not installed")
    port, servers = free_port(), []
    with tempfile.TemporaryDirectory() as folder:
        def start():
            servers.append(subprocess.Popen(
                ["redis-server", "--port", str(port), "--save", "", "--dir", folder], stdout=subprocess.DEVNULL))
        try:
            yield f"redis://127.0.0.1:{port}", start
        finally:
            for server in servers:
                server.kill()
                server.wait()


@contextlib.contextmanager
def receiver():
    """Where spans go, and a function that says what came there as (service, name, trace). Jaeger, where the settings
    say which program that is."""
    jaeger = os.environ.get("TRADEWIND_JAEGER")
    if not jaeger:
        with Collector() as collector:
            yield collector.url, lambda: [
                (service, span.name, span.trace_id.hex()) for service, span in collector.spans()]
        return
    otlp, query = free_port(), free_port()
    nowhere = [
        "collector.otlp.grpc", "collector.grpc-server", "collector.http-server", "query.grpc-server", "admin.http"]
    server = subprocess.Popen(
        [jaeger, "--collector.otlp.enabled=true", f"--collector.otlp.http.host-port=127.0.0.1:{otlp}",
         f"--query.http-server.host-port=127.0.0.1:{query}", *(f"--{name}.host-port=127.0.0.1:0" for name in nowhere)],
        env=os.environ | {"SPAN_STORAGE_TYPE": "memory"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def told():
        try:
            url = f"http://127.0.0.1:{query}/api/traces?service=orders&lookback=1h"
            with urllib.request.urlopen(url, timeout=5) as answer:
                traces = json.load(answer)["data"]
        except OSError:
            return []
        return [(trace["processes"][span["processID"]]["serviceName"], span["operationName"], span["traceID"].zfill(32))
                for trace in traces for span in trace["spans"]]

    try:
        yield f"http://127.0.0.1:{otlp}", told
    finally:
        server.kill()
        server.wait()


def one_trace_goes_through_processes():
    with redis() as (url, start), receiver() as (collector, told):
        start()
        settings = {"MESSAGING_BACKEND": "redis", "REDIS_URL": url, "OTEL_EXPORTER_OTLP_ENDPOINT": collector}
        with Program("tradewind-users", **settings) as users, Program("tradewind-orders", **settings):
            user = json.dumps({"email": "a@example.com", "name": "A", "password": "SecurePass123!"}).encode()
            request = urllib.request.Request(
                f"http://127.0.0.1:{users.port}/api/users", user,
                {"Content-Type": "application/json", "traceparent": PARENT})
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 201
            trace = PARENT.split("-")[1]
            whole = {
                ("users", "POST /api/users"), ("users", "command RegisterUser"), ("users", "publish user.created"),
                ("orders", "handle user.created"), ("orders", "publish order.created")}
            eventually(
                lambda: whole <= {(service, name) for service, name, of in told() if of == trace}, 60,
                "all of the trace")


def a_service_waits_for_its_broker():
    with redis() as (url, start):
        with Program("tradewind-orders", MESSAGING_BACKEND="redis", REDIS_URL=url) as orders:
            assert ask(orders, "/health/live")
            status, report = health(orders)
            assert status == 503 and report["checks"]["broker (redis)"]["status"] == "down", report
            assert "broker (redis)" in report["reasons"] and report["checks"]["database"]["status"] == "up", report
            start()
            report = eventually(lambda: health(orders)[0] == 200 and health(orders)[1], 30, "readiness")
            assert set(report["checks"]) == {"disk", "database", "broker (redis)", "outbox of orders"}, report


def health(program):
    try:
        return 200, json.loads(ask(program, "/health/ready"))
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def late_events_are_told_and_work_goes_on():
    """Where the lanes of one topic should be stands something else, so that its events are refused."""
    with redis() as (url, start):
        start()
        settings = {"MESSAGING_BACKEND": "redis", "REDIS_URL": url, "OUTBOX_MAX_LAG": "1s"}
        with Program("tradewind-orders", **settings) as orders:
            eventually(lambda: health(orders)[0] == 200, 30, "readiness")
            with socket.create_connection(("127.0.0.1", int(url.split(":")[-1]))) as server:
                lanes = " ".join(f"{{held.up}}:{number} x" for number in range(64))
                server.sendall(f"MSET {lanes}\r\n".encode())
                assert server.recv(100) == b"+OK\r\n"
            with sqlite3.connect(pathlib.Path(orders.folder.name) / "data/orders.db", timeout=30) as rows:
                rows.execute(
                    "INSERT INTO outbox (id, topic, key, body, created_at) VALUES (?, 'held.up', 'k', ?, 0)",
                    (str(uuid.uuid4()), b"{}"))
            status, report = eventually(lambda: degraded(orders), 30, "word of it")
            assert status == 200 and "events waiting: 1" in report["reasons"]["outbox of orders"], report


def degraded(program):
    status, report = health(program)
    return report["status"] == "degraded" and (status, report)


def what_was_promised_is_measured():
    services = {"USERS_PORT": 0, "ORDERS_PORT": 0, "PAYMENTS_PORT": 0}
    with Program("tradewind", "--services", "users,orders,payments", **services) as program:
        told = ask(program, "/metrics")
    with Program(ORDER_SERVICE_URL=f"http://127.0.0.1:{free_port()}") as gateway:
        told += ask(gateway, "/metrics")
    names = set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE))
    promised = set("""
        http_requests_total http_request_duration_seconds http_requests_in_flight http_connections_open commands_total
        command_duration_seconds queries_total query_duration_seconds messages_published_total messages_consumed_total
        message_handling_seconds message_end_to_end_seconds outbox_pending outbox_oldest_seconds dlq_messages_total
        db_query_duration_seconds db_pool_connections circuit_state rate_limited_total event_loop_lag_seconds
        process_cpu_seconds_total process_resident_memory_bytes process_virtual_memory_bytes process_open_fds
        process_max_fds process_start_time_seconds""".split())
    assert promised <= names, promised - names
    assert re.search(r'db_pool_connections{service="orders",state="idle"} [1-9]', told), told


def spans_arrive(form, refusals):
    with Collector(refusals) as collector:
        with Program(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTLP_FORM=form) as program:
            ask(program, "/hello", traceparent=PARENT, **{"X-Request-Id": "mine"})
            spans = eventually(collector.spans, 30, "a span")
        (service, span), = spans
        assert service == "gateway" and span.name == "GET /hello" and span.kind == 2, span
        assert span.trace_id.hex() == PARENT.split("-")[1] and span.parent_span_id.hex() == PARENT.split("-")[2]
        assert len(span.span_id) == 8 and span.end_time_unix_nano > span.start_time_unix_nano > 1.7e18
        fields = {a.key: a.value.string_value or a.value.int_value for a in span.attributes}
        assert fields["http.response.status_code"] == 200 and fields["request.id"] == "mine", fields
        assert span.status.code == 0


def what_waits_is_sent_at_the_end():
    with Collector() as collector:
        with Program(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as program:
            ask(program, "/hello")
            program.process.terminate()
            assert program.process.wait(10) == 0
        assert len(collector.spans()) == 1


def a_dead_collector_costs_nothing():
    with Program(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}") as program:
        load(program, 10_000)
        eventually(lambda: "trace_spans_dropped_total 0\n" not in ask(program, "/metrics"), 30, "a dropped span")
        assert ask(program, "/health/ready")


def recent_traces_are_told():
    with Program() as program:
        ask(program, "/hello", **{"X-Request-Id": "mine"})
        ask(program, "/hello")
        traces = json.loads(ask(program, "/internal/traces?requestId=mine"))["traces"]
        assert len(traces) == 1 and traces[0]["requestId"] == "mine", traces
        assert len(json.loads(ask(program, "/internal/traces?limit=1"))["traces"]) == 1
        assert json.loads(ask(program, "/internal/traces?service=other"))["traces"] == []


def recent_traces_are_for_services():
    with Program(AUTH_REQUIRED="true", API_KEY="k" * 32) as program:
        for key, status in ((None, 401), ("x" * 32, 401), ("k" * 32, 200)):
            headers = {"X-API-Key": key} if key else {}
            assert status_of(program, "/internal/traces", **headers) == status, key
        assert status_of(program, "/metrics") == 200


def lines_are_json_and_all_there_at_the_end():
    with Program() as program:
        for _ in range(500):
            program.get()
        program.process.terminate()
        lines = [json.loads(line) for line in program.lines] + [json.loads(line) for line in program.process.stdout]
    assert sum(line.get("stream") == "access" for line in lines) == 500
    assert {line["status"] for line in lines if "status" in line} == {200}
    assert all(set(line) >= {"time", "level", "service", "msg"} for line in lines)


def nobody_reading_holds_up_nobody():
    """The pipe is never read after the start, so it fills; requests are answered all the same, and lines are lost."""
    with Program() as program:
        load(program, 20_000)
        eventually(lambda: "log_lines_dropped_total 0\n" not in ask(program, "/metrics"), 10, "a dropped line")
        program.process.terminate()
        assert program.process.wait(10) == 0


run([
    ("promtool finds nothing to say about the metrics", promtool_finds_nothing_to_say),
    ("Prometheus scrapes the metrics and knows their figures", prometheus_scrapes_us),
    ("every metric that was promised is there", what_was_promised_is_measured),
    ("one trace goes through processes, with what is published and handled", one_trace_goes_through_processes),
    ("a service lives without its broker, names it, and is ready when it comes", a_service_waits_for_its_broker),
    ("events that wait too long are told of, and work goes on", late_events_are_told_and_work_goes_on),
    ("a span arrives in protobuf, though the collector was away at first", lambda: spans_arrive("protobuf", 1)),
    ("a span arrives in JSON", lambda: spans_arrive("json", 0)),
    ("spans that wait are sent at the end", what_waits_is_sent_at_the_end),
    ("a collector that is away costs requests nothing, and lost spans are counted", a_dead_collector_costs_nothing),
    ("the traces of late are told, by request and by service", recent_traces_are_told),
    ("they are told to services only, where callers must say who they are", recent_traces_are_for_services),
    ("every request has a line of JSON, and none is missing at the end", lines_are_json_and_all_there_at_the_end),
    ("a log that nobody reads holds up nobody", nobody_reading_holds_up_nobody),
])
