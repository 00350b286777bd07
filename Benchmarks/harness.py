"""What the rows of the table share: starting servers, asking them, loading them, and reading what they use."""

import contextlib, dataclasses, os, pathlib, re, resource, signal, socket, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests"))

from servers import free_port

HELLO = b"Hello, World!"
# One core serves, the other loads: on one core the two would fight over it and the slower client would set the figure.
SERVER_CORE, LOAD_CORE = "0", "1"


@dataclasses.dataclass
class Row:
    what: str
    ours: str
    theirs: str = "—"
    ratio: str = "—"
    bar: str = "—"
    met: bool | None = None  # None: stated, not judged


class NotMeasured(Exception):
    """Says why a row has no figures."""


class Server:
    """A process that answers HTTP on a port of 127.0.0.1."""

    def __init__(self, command, port, ready, folder, environment={}, core=None, log=None):
        self.port, self.ready = port, ready
        pinned = ["taskset", "-c", core] if core else []
        self.log = open(log or os.devnull, "wb")
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(
            pinned + command, cwd=folder, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=self.log)

    def wait_until_ready(self, seconds=30):
        """Asks in a tight loop, and returns the seconds from exec to the first 200."""
        question = request(self.ready)
        while (late := time.perf_counter() - self.spawned) < seconds:
            if self.process.poll() is not None:
                raise NotMeasured(f"the server ended with code {self.process.returncode} before it was ready")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as peer:
                peer.sendall(question)
                if peer.recv(4096).startswith(b"HTTP/1.1 200"):
                    return time.perf_counter() - self.spawned
        raise NotMeasured(f"the server was not ready within {late:.0f} s")

    def pids(self):
        """The process and its children: nginx serves in a child."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def memory(self):
        """Resident bytes, and with shared pages divided among those who share them."""
        smaps = [pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.pids()]
        return tuple(
            sum(int(re.search(rf"^{key}:\s+(\d+) kB", text, re.MULTILINE)[1]) for text in smaps) * 1024
            for key in ("Rss", "Pss"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class Bench:
    """Starts the servers of a row in a folder of their own and stops them when the row is done."""

    def __init__(self, program):
        self.program, self.stack = program, contextlib.ExitStack()

    def __enter__(self):
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        return self

    def __exit__(self, *error):
        self.stack.close()

    def start(self, server):
        self.stack.callback(server.stop)
        return server

    def ours(self, core=None, wrapper=[], arguments=("--services", "gateway"), **environment):
        """Logging, limits and health stay as they are by default; the log goes to a file, as nginx's does."""
        if not self.program.exists():
            raise NotMeasured(f"{self.program.name} is not built")
        port = free_port()
        environment = {"PORT": str(port), **environment}  # no HOST: valgrind names its pipes by that variable
        return self.start(Server(
            [*wrapper, str(self.program), *arguments], port, "/health/ready", self.folder, environment, core,
            self.folder / f"ours-{port}.log"))

    def bare(self, core=None, wrapper=[], **environment):
        """Our server without a log, metrics or traces."""
        program, port = self.program.with_name("bare"), free_port()
        if not program.exists():
            raise NotMeasured("the product `bare` is not built")
        return self.start(Server([*wrapper, str(program), str(port)], port, "/hello", self.folder, environment, core))

    def nginx(self, access_log, core=None, upstream=None):
        """Answers `/hello` itself, or passes all on to the server at that port."""
        port, home = free_port(), self.folder / f"nginx-{len(list(self.folder.iterdir()))}"
        home.mkdir()
        answers = (ANSWERS, "") if upstream is None else (PASSES_ON, UPSTREAM.format(upstream=upstream))
        (home / "nginx.conf").write_text(NGINX.format(
            home=home, port=port, access_log=access_log.format(home=home), location=answers[0], upstream=answers[1]))
        command = ["nginx", "-p", str(home), "-c", str(home / "nginx.conf"), "-e", "stderr"]
        return self.start(Server(command, port, "/hello", home, core=core))


# keepalive_requests is huge because closing each connection after 1,000 requests would cost nginx what it costs
# nobody else.
NGINX = """
worker_processes 1;
worker_rlimit_nofile 20000;
daemon off;
pid {home}/pid;
events {{ worker_connections 16384; }}
http {{
    access_log {access_log};
    default_type text/plain;
    tcp_nodelay on;
    keepalive_timeout 75s;
    keepalive_requests 1000000000;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        {location}
    }}
    {upstream}
}}
"""
ANSWERS = """location / { return 200 "Hello, World!"; }"""
PASSES_ON = """location / { proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection ""; }"""
UPSTREAM = """upstream upstream {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}"""
NO_LOG, BUFFERED_LOG = "off", "{home}/access.log combined buffer=64k flush=1s"


class Client:
    """One keep-alive connection that checks every answer."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        # Closing with a reset leaves no TIME_WAIT behind, which 10,000 connections of the next run would meet.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    def get(self, path):
        self.ask(path)
        self.read()

    def ask(self, path):
        self.socket.sendall(request(path))

    def read(self):
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.endswith(HELLO):
            piece = self.socket.recv(4096)
            if not piece:
                raise NotMeasured(f"closed in the middle of an answer: {answer[:80]!r}")
            answer += piece
        if not answer.startswith(b"HTTP/1.1 200") or b"\r\n\r\n" + HELLO not in answer:
            raise NotMeasured(f"an answer that is not the text: {answer[:80]!r}")

    def close(self):
        self.socket.close()


def wrk(port, seconds, connections=64, path="/hello"):
    """Requests a second, and the 99th percentile of the latency in microseconds."""
    run = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    if wrong := re.search(r"^\s*(Non-2xx.*|Socket errors.*)$", run, re.MULTILINE):
        raise NotMeasured(f"wrk saw {wrong[1].strip()}")
    p99, unit = re.search(r"^\s+99%\s+([\d.]+)(us|ms|s)$", run, re.MULTILINE).groups()
    rate = float(re.search(r"^Requests/sec:\s+([\d.]+)$", run, re.MULTILINE)[1])
    return rate, float(p99) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]


def median(values):
    return statistics.median(values)


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
