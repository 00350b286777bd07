#!/usr/bin/env python3
"""Talks to a WebSocket echo with Python's `websockets`, a client that is not ours.

    websocket_interop.py ws://127.0.0.1:8080/echo

Prints a line for each thing that does not work, and ends with `N passed, N failed, N skipped`.
"""

import os, sys

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

MEBI = 1 << 20
COMPRESSIONS = [None, "deflate"]


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


CASES = [text, binary, agreement, sixteen_mebibytes, fragments, pings, pipeline, closes, too_long]


def main():
    passed = failed = 0
    for case in CASES:
        for compression in COMPRESSIONS:
            try:
                case(sys.argv[1], compression)
                passed += 1
            except Exception as error:
                failed += 1
                print(f"failed {case.__name__} ({compression or 'plain'}): {error!r}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
