#!/usr/bin/env python3
"""What we tell, judged by those who are told: Prometheus scrapes us, OpenTelemetry's own code decodes our spans."""

import base64, http.server, json, pathlib, re, shutil, socket, subprocess, tempfile, threading
import urllib.parse, urllib.request

from harness import Program, Skip, eventually, run

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def ask(program, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{program.port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


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
    ("a span arrives in protobuf, though the collector was away at first", lambda: spans_arrive("protobuf", 1)),
    ("a span arrives in JSON", lambda: spans_arrive("json", 0)),
    ("spans that wait are sent at the end", what_waits_is_sent_at_the_end),
    ("a collector that is away costs requests nothing, and lost spans are counted", a_dead_collector_costs_nothing),
    ("the traces of late are told, by request and by service", recent_traces_are_told),
    ("every request has a line of JSON, and none is missing at the end", lines_are_json_and_all_there_at_the_end),
    ("a log that nobody reads holds up nobody", nobody_reading_holds_up_nobody),
])
