#!/usr/bin/env python3
"""A million messages through a broker's adapter, published and handled by one process, which must not grow on the way.

    Tests/Faults/flood.py [--backend embedded|redis|kafka] [--messages N]

Starts its own redis-server; for Kafka KAFKA_BROKERS says where one is. After four tenths everything has its size; from
there to the end the process may grow by as much as a few pages of its allocators.
"""

import argparse, os, pathlib, shutil, socket, subprocess, sys, tempfile, time

BIN = pathlib.Path(os.environ.get("TRADEWIND_BIN", ".build/debug")).resolve()
MOST_KILOBYTES = 8_000


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def start_redis(folder):
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"], cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server, f"redis://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.02)


def flood(backend, address, messages):
    began = time.monotonic()
    run = subprocess.run(
        [str(BIN / "broker-member"), "flood", backend, address, str(messages)], stdout=subprocess.PIPE, text=True)
    sizes = [int(line.split()[1]) for line in run.stdout.splitlines()]
    seconds = time.monotonic() - began
    if run.returncode or len(sizes) != 10:
        print(f"{backend}: ended with {run.returncode} after {len(sizes)} tenths")
        return False
    growth = sizes[-1] - sizes[3]
    print(
        f"{backend}: {messages} messages in {seconds:.0f} s, {messages / seconds:,.0f}/s; "
        f"{sizes[3] / 1e3:.1f} MB after four tenths, {sizes[-1] / 1e3:.1f} MB at the end")
    return growth < MOST_KILOBYTES


arguments = argparse.ArgumentParser()
arguments.add_argument("--backend", choices=["embedded", "redis", "kafka"], default="embedded")
arguments.add_argument("--messages", type=int, default=1_000_000)
options = arguments.parse_args()
folder, server = tempfile.mkdtemp(prefix="flood-"), None
good = False
try:
    address = "-"
    if options.backend == "redis":
        server, address = start_redis(folder)
    if options.backend == "kafka":
        address = os.environ["KAFKA_BROKERS"]
    good = flood(options.backend, address, options.messages)
finally:
    if server:
        server.kill()
        server.wait()
    shutil.rmtree(folder)
sys.exit(0 if good else 1)
