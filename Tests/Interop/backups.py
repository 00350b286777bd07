#!/usr/bin/env python3
"""Backup and restore as docs/operations.md has it: data is kept, lost, and there again; orders go on meanwhile."""

import os, pathlib, shutil, subprocess, sys, tempfile, threading, urllib.parse

from harness import BIN, Skip, eventually, run
from stage import ROOT, System

sys.path.insert(0, str(ROOT / "Tests"))
from servers import Missing, Postgres

DATABASES = ["users", "orders", "payments", "channels", "auth", "messages"]


def script(system, name, folder, succeeds=True):
    """In the folder and with the settings of the program."""
    environment = system.environment | {"PATH": f"{BIN.resolve()}:{os.environ['PATH']}"}
    result = subprocess.run([ROOT / "scripts" / name, folder], cwd=system.folder.name, env=environment,
                            capture_output=True, text=True, timeout=120)
    assert (result.returncode == 0) == succeeds, result.stdout + result.stderr
    return result.stdout + result.stderr


def stop(system):
    system.process.terminate()
    assert system.process.wait(30) == 0


def start(system):
    system.process.stdout.close()
    system.start()
    system.__enter__()


def everything(system):
    """Users, and orders that are all paid, each by one payment."""
    def settled():
        orders = system.ask("/api/orders?limit=200")[1]
        payments = system.ask("/api/payments?limit=200")[1]
        done = {order["id"] for order in orders if order["status"] == "paid"}
        return len(done) == len(orders) and sorted(it["orderId"] for it in payments) == sorted(done) and done
    orders = eventually(settled, 30, "every order paid, by one payment")
    return {user["email"] for user in system.ask("/api/users")[1]}, orders


def kept_and_restored(wipe, **settings):
    with System(**settings) as system, tempfile.TemporaryDirectory() as place:
        saved, over = pathlib.Path(place) / "saved", threading.Event()
        users = [system.create_user(name)["id"] for name in ("Ada Lovelace", "Grace Hopper")]
        before = everything(system)

        def shop():
            while not over.wait(0.05):
                system.place_order(users[0])
        shopper = threading.Thread(target=shop)
        shopper.start()
        try:
            if not settings:
                script(system, "backup", saved)
        finally:
            over.set()
            shopper.join()
        if settings:  # whose databases are copied one after the other
            before = everything(system)
            script(system, "backup", saved)
        assert "stop the services first" in script(system, "restore", saved, succeeds=False)
        system.create_user("Mallory")
        stop(system)
        wipe(system)
        script(system, "restore", saved)
        start(system)
        people, orders = everything(system)
        assert people == before[0] and before[1] <= orders, (people, before)
        assert "there already" in script(system, "backup", saved, succeeds=False)


def files():
    kept_and_restored(lambda system: shutil.rmtree(pathlib.Path(system.folder.name) / "data"))


def servers():
    with tempfile.TemporaryDirectory() as folder:
        try:
            server = Postgres(folder)
        except Missing as why:
            raise Skip(why)

        def create(*_):
            for name in DATABASES:
                server.sql("postgres", f"DROP DATABASE IF EXISTS {name}")
                server.sql("postgres", f"CREATE DATABASE {name}")
        try:
            create()
            kept_and_restored(create, **server.environment)
            create()
            # The same server by an address, whose password libpq gets in another way.
            host = urllib.parse.quote(str(server.home), safe="")
            kept_and_restored(create, DATABASE_URL=f"postgres://tradewind:a%20secret@{host}")
        finally:
            server.stop()


def what_is_no_backup():
    with System("users") as system, tempfile.TemporaryDirectory() as place:
        stop(system)
        assert "is no backup" in script(system, "restore", pathlib.Path(place), succeeds=False)


run([
    ("files are copied while orders are placed, and nothing of that moment is missing", files),
    ("databases of PostgreSQL come back as they were", servers),
    ("what is no backup changes nothing", what_is_no_backup),
])
