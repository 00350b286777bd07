#!/usr/bin/env python3
"""Dead letters as an operator meets them: on the command line, beside the program that runs."""

import json, pathlib, sqlite3, subprocess, uuid

from harness import BIN, Program, eventually, run

SERVICES = {"ORDERS_PORT": 0, "PAYMENTS_PORT": 0}


def dlq(program, *arguments):
    return subprocess.run(
        [str(BIN.resolve() / "tradewind"), "dlq", *arguments], cwd=program.folder.name, env={}, capture_output=True,
        text=True, timeout=60)


def letters(program):
    result = dlq(program, "list", "--json")
    assert result.returncode == 0, result
    return json.loads(result.stdout)


def poison(program):
    """An event that nobody can read, in the outbox of orders."""
    with sqlite3.connect(pathlib.Path(program.folder.name) / "data/orders.db", timeout=30) as database:
        database.execute(
            "INSERT INTO outbox (id, topic, key, body, created_at) VALUES (?, 'order.created', 'k', ?, 0)",
            (str(uuid.uuid4()), b'{"specversion":"1.0","id":"1","source":"s","type":"order.created","data":7}'))


def poison_becomes_a_dead_letter():
    with Program("tradewind", "--services", "orders,payments", **SERVICES) as program:
        assert dlq(program, "list").stdout == "there are no dead letters\n"
        poison(program)
        [letter] = eventually(lambda: letters(program), 30, "a dead letter")
        assert letter["topic"] == "order.created" and letter["group"] == "payments" and letter["attempts"] == 1, letter
        shown = json.loads(dlq(program, "show", letter["id"]).stdout)
        assert '"data":7' in shown["body"] and "data" in shown["reason"], shown

        # What comes again and is still not understood is a letter anew.
        assert dlq(program, "replay", letter["id"]).stdout == f"replayed {letter['id']}\n"
        [again] = eventually(lambda: letters(program), 30, "the letter again")
        assert again["id"] != letter["id"], again
        assert dlq(program, "drop", again["id"]).returncode == 0
        assert letters(program) == []
        for arguments in (["drop", again["id"]], ["show", again["id"]], ["replay", again["id"]]):
            result = dlq(program, *arguments)
            assert result.returncode == 69 and "there is no dead letter" in result.stderr, result
        assert dlq(program, "show", "nonsense").returncode == 64


run([("a poisoned event is listed, shown, replayed and dropped", poison_becomes_a_dead_letter)])
