#!/usr/bin/env python3
"""R1: kill -9 of each service at random moments while orders are placed. Whatever was answered 201 must end as exactly
one payment and one `paid`; nothing lost, nothing doubled.

    Tests/Faults/storm.py [--backend embedded|redis|kafka] [--orders N] [--kills N] [--seed N]

Starts its own redis-server; for Kafka KAFKA_BROKERS says where one is. Each service keeps its data in SQLite files, on
`embedded` all of them in one process.
"""

import argparse, http.client, json, os, pathlib, random, shutil, signal, socket, subprocess, sys, tempfile, threading
import time, uuid

BIN = pathlib.Path(os.environ.get("TRADEWIND_BIN", ".build/debug")).resolve()
SERVICES = ("users", "orders", "payments")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Storm:
    def __init__(self, options):
        self.options, self.chance = options, random.Random(options.seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="storm-"))
        self.ports = {name: free_port() for name in SERVICES}
        # Topics, groups and streams of earlier storms on the same broker must not be ours.
        self.environment = {"PATH": os.environ["PATH"], "MESSAGING_BACKEND": options.backend, "LOG_LEVEL": "warning"}
        self.environment |= {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.processes, self.redis, self.kills = {}, None, 0
        self.accepted, self.lock, self.isOver = [], threading.Lock(), False
        if options.backend == "redis":
            port = free_port()
            self.redis = subprocess.Popen(
                ["redis-server", "--port", str(port), "--save", "", "--appendonly", "yes"], cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}"
        if options.backend == "kafka":
            self.environment["KAFKA_BROKERS"] = os.environ["KAFKA_BROKERS"]

    @property
    def programs(self):
        if self.options.backend == "embedded":
            return {"all": ["tradewind", "--services", ",".join(SERVICES)]}
        return {name: [f"tradewind-{name}"] for name in SERVICES}

    def start(self, name):
        program, *arguments = self.programs[name]
        with open(self.folder / f"{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(
                [str(BIN / program), *arguments], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)

    def call(self, service, method, path, body=None, key=None):
        """The answer, or nothing when there was none."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.ports[service], timeout=10)
            headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError):
            return None, None

    def place(self, count):
        """Places orders one after the other, each until it is answered; a repetition has the same key."""
        for _ in range(count):
            body = {"userId": str(uuid.uuid4()), "items": [{"productId": "product-x", "quantity": 1, "price": 1.5}]}
            key = str(uuid.uuid4())
            while not self.isOver:
                status, order = self.call("orders", "POST", "/api/orders", body, key)
                if status == 201:
                    with self.lock:
                        self.accepted.append(order["id"])
                    break
                time.sleep(0.05)

    def rage(self):
        while not self.isOver and self.kills < self.options.kills:
            time.sleep(self.chance.uniform(0.05, 0.6))
            name = self.chance.choice(list(self.programs))
            self.processes[name].send_signal(signal.SIGKILL)
            self.processes[name].wait()
            self.kills += 1
            self.start(name)

    def all(self, service, path):
        """Every page of a list."""
        rows, after = [], ""
        while True:
            status, page = self.call(service, "GET", f"{path}?limit=200{after}")
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
        while not all(self.call(name, "GET", "/health/ready")[0] == 200 for name in SERVICES):
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
        accepted, settled = set(self.accepted), time.monotonic()
        while True:
            orders, payments = self.all("orders", "/api/orders"), self.all("payments", "/api/payments")
            paid = {order["id"] for order in orders if order["status"] == "paid"}
            of = {}
            for payment in payments:
                of.setdefault(payment["orderId"], []).append(payment)
            lost = len(accepted - paid)
            if not lost or time.monotonic() - settled > 60:
                break
            time.sleep(0.2)
        unanswered = len(orders) - len(accepted)
        doubled = sum(len(payments) > 1 for payments in of.values()) + len(self.accepted) - len(accepted)
        wrong = sum(order["id"] not in of for order in orders if order["status"] == "paid")
        print(
            f"{self.options.backend}: {self.kills} kills, {len(accepted)} orders answered 201 in "
            f"{settled - began:.1f} s, {unanswered} more placed, {len(of)} payments; "
            f"lost {lost}, doubled {doubled}, paid without payment {wrong}; settled after "
            f"{time.monotonic() - settled:.1f} s")
        return not lost and not doubled and not wrong and not unanswered

    def end(self, keep):
        self.isOver = True
        for process in self.processes.values():
            process.kill()
            process.wait()
        if self.redis:
            self.redis.kill()
            self.redis.wait()
        if keep:
            print(f"logs and data are in {self.folder}")
        else:
            shutil.rmtree(self.folder)


arguments = argparse.ArgumentParser()
arguments.add_argument("--backend", choices=["embedded", "redis", "kafka"], default="embedded")
arguments.add_argument("--orders", type=int, default=2_000)
arguments.add_argument("--kills", type=int, default=50)
arguments.add_argument("--seed", type=int, default=1)
storm = Storm(arguments.parse_args())
good = False
try:
    good = storm.run()
finally:
    storm.end(keep=not good)
sys.exit(0 if good else 1)
