"""What the outside tests share: sentences with a verdict, a running program, raw sockets, polling with a deadline."""

import os, pathlib, re, socket, subprocess, sys, tempfile, time, traceback

BIN = pathlib.Path(os.environ.get("TRADEWIND_BIN", ".build/debug"))
SANITIZER = os.environ.get("SANITIZER", "")
#: The port table.
PORTS = {
    "users": 3001,
    "orders": 3002,
    "payments": 3003,
    "channels": 3004,
    "gateway": 3005,
    "auth": 3006,
}


class Skip(Exception):
    """This machine lacks what the test needs."""


def run(tests):
    """Runs (sentence, function) pairs and prints what scripts/test reads."""
    passed = failed = skipped = 0
    for sentence, test in tests:
        try:
            test()
            passed += 1
            print(f"ok {sentence}", flush=True)
        except Skip as why:
            skipped += 1
            print(f"skip {sentence}: {why}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {sentence}", flush=True)
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


def variable(service):
    """The setting that says where a service is: USER_SERVICE_URL of users."""
    return service.removesuffix("s").replace("-", "_").upper() + "_SERVICE_URL"


def eventually(check, seconds=10, what="it"):
    """Polls until `check` gives something true; the deadline makes a failure of what never happens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"{what} did not happen within {seconds} s")


class Program:
    """A program of ours on a free port, in a folder of its own; killed at the end whatever happens."""

    def __init__(self, name="tradewind", *arguments, before=None, **settings):
        self.folder = tempfile.TemporaryDirectory()
        kept = {key: os.environ[key] for key in ("PATH", "ASAN_OPTIONS") if key in os.environ}
        environment = kept | {"PORT": "0"} | {key: str(value) for key, value in settings.items()}
        if name == "tradewind" and not arguments:
            arguments = ("--services", "gateway")  # the others have ports of their own, of which there is one each
        self.command, self.environment, self.before = [str(BIN.resolve() / name), *arguments], environment, before
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command, cwd=self.folder.name, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=self.before)
        self.lines = []

    def __enter__(self):
        for line in self.process.stdout:
            self.lines.append(line)
            found = re.search(r'"msg":"listens","address":"http://[^"]*:(\d+)"', line)
            if found:
                self.port = int(found[1])
            if '"msg":"ready"' in line:
                return self
        raise AssertionError("the program ended before it was ready: " + "".join(self.lines))

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def restart(self, **settings):
        """Killed and begun anew in the same folder, where `settings` differ."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.environment |= {key: str(value) for key, value in settings.items()}
        self.start()
        self.__enter__()

    def memory(self):
        """Resident bytes."""
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1]) * 1024

    def connect(self, timeout=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def get(self, path="/hello"):
        """One request on a connection of its own; the whole answer."""
        with self.connect() as caller:
            caller.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
            return read_to_end(caller)


def read_to_end(caller):
    answer = b""
    while piece := caller.recv(65536):
        answer += piece
    return answer


def read_answer(caller):
    """One answer with a Content-Length."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = caller.recv(65536)
        if not piece:
            return answer
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(re.search(rb"Content-Length: (\d+)", head)[1])
    while len(body) < length:
        body += caller.recv(65536)
    return head + b"\r\n\r\n" + body
