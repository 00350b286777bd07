#!/usr/bin/env python3
"""R1: kill -9 of each service at random moments while users come and orders are placed through the gateway. Whatever
was answered 201 must end as exactly one payment and one `paid`, every user with one welcome order; nothing lost,
nothing doubled.

    Tests/Faults/storm.py [--backend embedded|redis|kafka] [--storage sqlite|postgres] [--instances N]
                          [--orders N] [--kills N] [--seed N]

Starts its own redis-server and PostgreSQL; for Kafka KAFKA_BROKERS says where one is. On `embedded` all services are
one process. With PostgreSQL there can be several instances of each service, between which the gateway chooses.
"""

import argparse, http.client, json, os, pathlib, random, shutil, subprocess, sys, tempfile, threading, time, uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from servers import Postgres, Redis, free_port

BIN = pathlib.Path(os.environ.get("TRADEWIND_BIN", ".build/debug")).resolve()
SERVICES = ("users", "orders", "payments")
ALL = (*SERVICES, "gateway")
ITEMS = [{"productId": "product-x", "quantity": 1, "price": 1.5}]


class Storm:
    def __init__(self, options):
        self.options, self.chance = options, random.Random(options.seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="storm-"))
        self.processes, self.programs, self.servers, self.kills = {}, {}, [], 0
        self.orders, self.users, self.lock, self.isOver = [], [], threading.Lock(), False
        self.environment = {"PATH": os.environ["PATH"], "MESSAGING_BACKEND": options.backend, "LOG_LEVEL": "warning"}
        if options.backend == "redis":
            self.servers.append(Redis(self.folder))
            self.environment["REDIS_URL"] = self.servers[-1].url
        if options.backend == "kafka":
            self.environment["KAFKA_BROKERS"] = os.environ["KAFKA_BROKERS"]
        if options.storage == "postgres":
            postgres = Postgres(self.folder)
            self.servers.append(postgres)
            self.environment |= postgres.environment
            for name in (*SERVICES, "messages"):
                postgres.sql("postgres", f"CREATE DATABASE {name}")
        self.plan()

    def plan(self):
        """Which programs there are, and on which ports."""
        count = 1 if self.options.backend == "embedded" else self.options.instances
        ports = {name: [free_port() for _ in range(count)] for name in SERVICES} | {"gateway": [free_port()]}
        self.gateway = ports["gateway"][0]
        for name in SERVICES:
            urls = ",".join(f"http://127.0.0.1:{port}" for port in ports[name])
            self.environment[f"{name.removesuffix('s').upper()}_SERVICE_URL"] = urls
        if self.options.backend == "embedded":
            own = {f"{name.upper()}_PORT": str(ports[name][0]) for name in ALL}
            self.programs["all"] = (["tradewind", "--services", ",".join(ALL)], own)
            return
        for name in ALL:
            for number, port in enumerate(ports[name]):
                self.programs[f"{name}-{number}"] = ([f"tradewind-{name}"], {f"{name.upper()}_PORT": str(port)})

    def start(self, name):
        (program, *arguments), ports = self.programs[name]
        with open(self.folder / f"{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(
                [str(BIN / program), *arguments], cwd=self.folder, env=self.environment | ports,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def call(self, method, path, body=None, key=None):
        """The gateway's answer, or nothing when there was none."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.gateway, timeout=30)
            headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError):
            return None, None

    def place(self, count):
        """Places orders one after the other, each until it is answered; a repetition has the same key. Every eighth is
        a user's, who is made first."""
        for number in range(count):
            user = str(uuid.uuid4())
            if number % 8 == 0 and (made := self.join()):
                user = made
            key = str(uuid.uuid4())
            order = self.insist("/api/orders", {"userId": user, "items": ITEMS}, key)
            if order:
                with self.lock:
                    self.orders.append(order["id"])

    def join(self):
        """A user, whose email tells a repetition from another one."""
        body = {"email": f"{uuid.uuid4()}@example.com", "name": "Storm", "password": "SecurePass123!"}
        user = self.insist("/api/users", body)
        if user:
            with self.lock:
                self.users.append(user["id"])
        return user and user["id"]

    def insist(self, path, body, key=None):
        while not self.isOver:
            status, answer = self.call("POST", path, body, key)
            if status == 201:
                return answer
            if status == 409 and key is None:
                # The first attempt was carried out, though nobody told us.
                status, found = self.call("GET", f"/api/users?q={body['email']}")
                if status == 200 and found:
                    return found[0]
            time.sleep(0.05)
        return None

    def rage(self):
        while not self.isOver and self.kills < self.options.kills:
            time.sleep(self.chance.uniform(0.05, 0.6))
            name = self.chance.choice(list(self.programs))
            self.processes[name].kill()
            self.processes[name].wait()
            self.kills += 1
            self.start(name)

    def all(self, path):
        """Every page of a list."""
        rows, after = [], ""
        while True:
            status, page = self.call("GET", f"{path}?limit=200{after}")
            if status != 200:
                time.sleep(0.1)
                continue
            rows += page
            if len(page) < 200:
                return rows
            after = f"&after={page[-1]['id']}"

    def run(self):
        for name in self.programs:
            self.start(name)
        while any(self.call("GET", f"/api/{name}")[0] != 200 for name in SERVICES):
            if ended := [name for name, process in self.processes.items() if process.poll() is not None]:
                sys.exit(f"{', '.join(ended)} did not start; the logs are in {self.folder}")
            time.sleep(0.1)
        began = time.monotonic()
        share = self.options.orders // 8
        placing = [threading.Thread(target=self.place, args=(share,)) for _ in range(8)]
        rage = threading.Thread(target=self.rage)
        for thread in placing + [rage]:
            thread.start()
        rage.join()
        for thread in placing:
            thread.join()
        return self.verdict(began)

    def verdict(self, began):
        settled = time.monotonic()
        while True:
            orders, payments = self.all("/api/orders"), self.all("/api/payments")
            welcomes = [order["userId"] for order in orders if order["items"][0]["productId"] == "product-welcome"]
            expected = set(self.orders) | {order["id"] for order in orders if order["userId"] in set(welcomes)}
            paid = {order["id"] for order in orders if order["status"] == "paid"}
            lost, unwelcome = len(expected - paid), len(set(self.users) - set(welcomes))
            if not lost and not unwelcome or time.monotonic() - settled > 60:
                break
            time.sleep(0.2)
        of = {}
        for payment in payments:
            of.setdefault(payment["orderId"], []).append(payment)
        more = len(orders) - len(welcomes) - len(set(self.orders))
        doubled = sum(len(payments) > 1 for payments in of.values()) + len(self.orders) - len(set(self.orders))
        doubled += len(welcomes) - len(set(welcomes))
        lost += self.options.orders // 8 * 8 - len(self.orders)
        wrong = sum(order["id"] not in of for order in orders if order["status"] == "paid")
        print(
            f"{self.options.backend}, {self.options.storage}, {len(self.programs)} processes: {self.kills} kills, "
            f"{len(self.users)} users and {len(self.orders)} orders answered 201 in {settled - began:.1f} s, "
            f"{more} more orders placed, {len(welcomes)} welcome orders, {len(of)} payments; lost {lost + unwelcome}, "
            f"doubled {doubled}, paid without payment {wrong}; settled after {time.monotonic() - settled:.1f} s")
        return not lost and not unwelcome and not doubled and not wrong and not more

    def end(self, keep):
        self.isOver = True
        for process in self.processes.values():
            process.kill()
            process.wait()
        for server in self.servers:
            server.stop()
        if keep:
            print(f"logs and data are in {self.folder}")
        else:
            shutil.rmtree(self.folder)


arguments = argparse.ArgumentParser()
arguments.add_argument("--backend", choices=["embedded", "redis", "kafka"], default="embedded")
arguments.add_argument("--storage", choices=["sqlite", "postgres"], default="sqlite")
arguments.add_argument("--instances", type=int, default=1)
arguments.add_argument("--orders", type=int, default=2_000)
arguments.add_argument("--kills", type=int, default=50)
arguments.add_argument("--seed", type=int, default=1)
options = arguments.parse_args()
if options.instances > 1 and options.storage != "postgres":
    arguments.error("several instances need a database that they can share: --storage postgres")
storm = Storm(options)
good = False
try:
    good = storm.run()
finally:
    storm.end(keep=not good)
sys.exit(0 if good else 1)
