#!/usr/bin/env python3
"""Python's websockets, a client that is not ours, talks to the echo of the testbed, with and without compression."""

import os

from harness import Program, Skip, run

try:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect
except ImportError:
    connect = None

MEBI = 1 << 20


def echoes(ws, message):
    ws.send(message)
    assert ws.recv(timeout=60) == message, "another message came back"


def text(url, compression):
    with connect(url, compression=compression) as ws:
        for message in ["", "a", "grüße, 世界 🎉", "x" * 125, "x" * 126, "x" * 65_535, "tick " * 20_000]:
            echoes(ws, message)


def binary(url, compression):
    with connect(url, compression=compression) as ws:
        for size in [0, 1, 125, 126, 65_535, 65_536, MEBI]:
            echoes(ws, os.urandom(size))
            echoes(ws, bytes(size))


def agreement(url, compression):
    with connect(url, compression=compression) as ws:
        agreed = ws.response.headers.get("Sec-WebSocket-Extensions")
        assert (agreed is not None) == (compression is not None), f"agreed on {agreed}"


def sixteen_mebibytes(url, compression):
    with connect(url, compression=compression, max_size=None) as ws:
        echoes(ws, os.urandom(MEBI) * 16)
        echoes(ws, bytes(16 * MEBI))


def fragments(url, compression):
    with connect(url, compression=compression) as ws:
        ws.send(["one, ", "two", "", ", three " * 10_000])
        assert ws.recv(timeout=10) == "one, two" + ", three " * 10_000
        ws.send([b"\x00", b"\xff" * 70_000])
        assert ws.recv(timeout=10) == b"\x00" + b"\xff" * 70_000


def pings(url, compression):
    with connect(url, compression=compression) as ws:
        assert ws.ping().wait(10), "no pong"
        assert ws.ping("payload").wait(10), "no pong to a payload"
        echoes(ws, "still there")


def pipeline(url, compression):
    with connect(url, compression=compression) as ws:
        messages = [f"message {number} " * (number % 50) for number in range(2_000)]
        for message in messages:
            ws.send(message)
        assert [ws.recv(timeout=10) for _ in messages] == messages


def closes(url, compression):
    for code in [1000, 1001, 1003, 1011, 3000, 4999]:
        with connect(url, compression=compression) as ws:
            ws.close(code, "that was it")
            assert ws.close_code == code, f"{ws.close_code} for {code}"


def too_long(url, compression):
    with connect(url, compression=compression) as ws:
        for message in [os.urandom(17 * MEBI), bytes(17 * MEBI)]:
            with connect(url, compression=compression) as ws:
                try:
                    ws.send(message)
                    ws.recv(timeout=60)
                    raise AssertionError("was not closed")
                except ConnectionClosed as closed:
                    assert closed.rcvd and closed.rcvd.code == 1009, f"{closed!r}"


CASES = {
    "text of every length form and script": text,
    "binary of every length form": binary,
    "agreement on compression": agreement,
    "16 MiB": sixteen_mebibytes,
    "fragments": fragments,
    "pings": pings,
    "2,000 messages sent ahead": pipeline,
    "close codes": closes,
    "1009 for 17 MiB": too_long,
}


def tried(case, compression):
    def test():
        if not connect:
            raise Skip("the Python module websockets is not installed")
        with Program("testbed") as program:
            case(f"ws://127.0.0.1:{program.port}/ws", compression)

    return test


run([
    (f"Python's websockets, {compression or 'plain'}: {sentence}", tried(case, compression))
    for sentence, case in CASES.items() for compression in (None, "deflate")
])
