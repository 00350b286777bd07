"""All services with the dashboard in front of a browser: for the tests of the dashboard and for its pictures."""

import contextlib, json, pathlib, random, shutil, socket, sqlite3, threading, time, urllib.error, urllib.request, uuid

from harness import Program, Skip

try:
    from playwright.sync_api import Error as PlaywrightError, sync_playwright
except ImportError:
    sync_playwright, PlaywrightError = None, Exception

ROOT = pathlib.Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
PASSWORD = "SecurePass123!"
PEOPLE = [
    "Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Tony Hoare", "Leslie Lamport",
    "Radia Perlman", "Ken Thompson", "Frances Allen", "Donald Knuth", "Margaret Hamilton", "Lynn Conway",
]
PRODUCTS = ["product-mouse", "product-keyboard", "product-lamp", "product-desk"]


def free_offset(ports=range(3000, 3016)):
    """So much above the port table that all of it is free."""
    for _ in range(50):
        offset = random.randrange(20_000, 55_000)
        with contextlib.ExitStack() as stack:
            try:
                for port in ports:
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + offset))
            except OSError:
                continue
        return offset
    raise AssertionError("no free ports")


class System(Program):
    """Services in one process, at ports of their own; the same ones after a restart. By default all there are."""

    def __init__(self, services=None, **settings):
        self.offset, self.services = free_offset(), services
        super().__init__(
            "tradewind", PORT=3005, PORT_OFFSET=self.offset, FRONTEND_DIR=FRONTEND,
            LOG_LEVEL="info", **settings)
        self.url = f"http://127.0.0.1:{3005 + self.offset}"

    def start(self):
        self.command = self.command[:1] + (["--services", self.services] if self.services else [])
        super().start()

    def __enter__(self):
        super().__enter__()
        threading.Thread(target=self.drain, args=[self.process.stdout], daemon=True).start()
        return self

    @staticmethod
    def drain(log):
        """Nobody reads the log, and a full pipe would hold it up."""
        with contextlib.suppress(ValueError):  # closed at the end
            for _ in log:
                pass

    def ask(self, path, body=None, method=None, token=None):
        """The status and what was answered."""
        head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or b"null")

    def create_user(self, name, email=None, role="USER"):
        email = email or f"{name.lower().replace(' ', '.')}@example.com"
        return self.ask("/api/users", {"name": name, "email": email, "password": PASSWORD, "role": role})[1]

    def place_order(self, user, product="product-mouse", quantity=1, price=29.99):
        item = {"productId": product, "quantity": quantity, "price": price}
        return self.ask("/api/orders", {"userId": user, "items": [item]})[1]

    def poison(self, body=b'{"this":"is no event"'):
        """Something that nobody can handle, told as if orders had: it becomes a dead letter of payments."""
        with contextlib.closing(sqlite3.connect(f"{self.folder.name}/data/orders.db", timeout=30)) as database:
            database.execute(
                "INSERT INTO outbox (id, topic, key, body, created_at) VALUES (?, 'order.created', 'key', ?, ?)",
                (str(uuid.uuid4()), body, int(time.time() * 1e6)))
            database.commit()


@contextlib.contextmanager
def browser():
    """Debian's Chromium, driven by Playwright."""
    if not sync_playwright:
        raise Skip("the Python module playwright is not installed")
    program = shutil.which("chromium")
    if not program:
        raise Skip("chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield chromium
        chromium.close()
