#!/usr/bin/env python3
"""Other people's clients agree that this is HTTP/1.1: curl, wrk, h2load."""

import re, shutil, subprocess

from harness import Program, Skip, run


def tool(name, *arguments):
    if not shutil.which(name):
        raise Skip(f"{name} is not installed")
    result = subprocess.run([name, *arguments], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def curl_reuses_its_connection():
    with Program() as program:
        url = f"http://127.0.0.1:{program.port}"
        paths = [f"{url}{path}" for path in ("/hello", "/hello", "/nope")]
        shown = tool("curl", "-s", "-w", "%{http_code} %{num_connects}\n", *paths)
        assert shown.startswith("Hello, World!200 1\nHello, World!200 0\n"), shown
        assert shown.endswith("404 0\n"), shown


def curl_understands_old_and_head():
    with Program() as program:
        url = f"http://127.0.0.1:{program.port}/hello"
        assert tool("curl", "-s", "--http1.0", url) == "Hello, World!"
        assert "Content-Length: 13" in tool("curl", "-sI", url)


def wrk_sees_no_errors():
    with Program() as program:
        report = tool("wrk", "-t1", "-c32", "-d2s", f"http://127.0.0.1:{program.port}/hello")
        assert "Socket errors" not in report and "Non-2xx" not in report, report


def h2load_gets_every_answer():
    with Program() as program:
        report = tool("h2load", "--h1", "-n", "5000", "-c", "16", f"http://127.0.0.1:{program.port}/hello")
        assert re.search(r"5000 succeeded, 0 failed", report), report


run([
    ("curl reuses its connection", curl_reuses_its_connection),
    ("curl understands HTTP 1.0 and HEAD", curl_understands_old_and_head),
    ("wrk sees no errors", wrk_sees_no_errors),
    ("h2load gets every answer", h2load_gets_every_answer),
])
