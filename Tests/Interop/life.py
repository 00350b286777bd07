#!/usr/bin/env python3
"""The life of a process: start, signals, exit codes, second copies."""

import os, pathlib, resource, signal, subprocess, time

from harness import BIN, SANITIZER, Program, Skip, eventually, read_answer, read_to_end, run


def output(*arguments, **settings):
    environment = {"PATH": os.environ["PATH"]} | settings
    return subprocess.run(
        [str(BIN.resolve() / "tradewind"), *arguments], env=environment, capture_output=True, text=True, timeout=60)


def help_is_everywhere():
    for arguments in (["--help"], ["config", "--help"]):
        result = output(*arguments)
        assert result.returncode == 0 and result.stdout.startswith("Usage: tradewind"), result
    assert output("--version").stdout.split()[0] == "tradewind"


def settings_are_documented():
    page = (pathlib.Path(__file__).parents[2] / "docs/configuration.md").read_text()
    assert output("config", "--markdown").stdout == page, "docs/configuration.md is stale: run `make docs`"


def wrong_option_is_a_usage_error():
    result = output("--prot=1")
    assert result.returncode == 64 and len(result.stderr.splitlines()) == 1, result


def wrong_settings_are_all_named_at_once():
    result = output(PORT="70000", HTTP_MAX_HEADERS="many")
    assert result.returncode == 78, result
    assert "PORT" in result.stderr and "HTTP_MAX_HEADERS" in result.stderr, result.stderr


def taken_port_is_said_in_words():
    with Program() as first:
        result = output(PORT=str(first.port))
        assert result.returncode == 78 and f"127.0.0.1:{first.port}: Address already in use" in result.stderr, result
        assert b"200 OK" in first.get()


def unknown_host_is_a_wrong_setting():
    result = output(HOST="no-such-host.invalid", PORT="0")
    assert result.returncode == 78 and "HOST" in result.stderr, result


def sigterm_is_a_clean_end():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Program() as program:
            program.process.send_signal(number)
            assert program.process.wait(10) == 0, number


def sighup_and_sigpipe_change_nothing():
    with Program() as program:
        program.process.send_signal(signal.SIGHUP)
        program.process.send_signal(signal.SIGPIPE)
        assert b"Hello, World!" in program.get()


def second_signal_ends_at_once():
    with Program() as program, program.connect() as caller:
        caller.sendall(b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Le")  # a request that is never finished
        program.process.send_signal(signal.SIGTERM)
        eventually(lambda: refused(program), what="the listener's end")
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(5) == 130


def refused(program):
    try:
        program.connect().close()
        return False
    except OSError:
        return True


def idle_connections_do_not_hold_up_the_end():
    with Program() as program, program.connect() as caller:
        caller.sendall(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")
        assert b"200 OK" in caller.recv(4096)
        started = time.monotonic()
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(10) == 0
        assert time.monotonic() - started < 5
        assert read_to_end(caller) == b""


def health_says_up():
    with Program() as program:
        for path in ("/health", "/health/ready", "/health/live"):
            answer = program.get(path)
            assert b"200 OK" in answer and b'"status":"up"' in answer, answer
        assert b'"HTTP_MAX_HEADERS":"100"' in program.get("/health/environment")


def dotenv_is_read_and_the_environment_wins():
    with Program() as program:
        pathlib.Path(program.folder.name, ".env").write_text("SERVICE_NAME=from-file\nHTTP_MAX_HEADERS=7\n")
        result = subprocess.run(
            [str(BIN.resolve() / "tradewind"), "config"], cwd=program.folder.name, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "HTTP_MAX_HEADERS": "9"}, timeout=60)
        rows = {line.split()[0]: line.split()[1] for line in result.stdout.splitlines() if len(line.split()) > 1}
        assert rows["SERVICE_NAME"] == "from-file" and rows["HTTP_MAX_HEADERS"] == "9", rows


def starts_fast_and_small():
    if SANITIZER:
        raise Skip("a sanitizer makes any program slow and large")
    started = time.monotonic()
    with Program() as program:
        ready = time.monotonic() - started
        assert ready < 1, f"{ready:.3f} s, of which the bar of 100 ms is the benchmark's to hold"
        assert program.memory() < 30 << 20, program.memory()


def settings_of_the_http_server_are_used():
    page = "https://app.example.com"
    settings = {"CORS_ORIGINS": page, "PROXY_BASE_PATH": "/shop", "HTTP_MAX_HEADERS": 3}
    with Program(**settings) as program, program.connect() as caller:
        assert b"Hello, World!" in program.get("/shop/hello") and b"Hello, World!" in program.get("/hello")
        assert b" 404 " in program.get("/shop/shop/hello")
        caller.sendall(f"GET /hello HTTP/1.1\r\nHost: a\r\nOrigin: {page}\r\n\r\n".encode())
        assert f"Access-Control-Allow-Origin: {page}".encode() in read_answer(caller)
        caller.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n")
        assert b" 431 " in read_answer(caller)


def descriptors_are_not_what_the_shell_grants():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < 256:
        raise Skip(f"the machine allows no more than {hard} descriptors")
    with Program(before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))) as program:
        callers = [program.connect() for _ in range(150)]
        for caller in callers:
            caller.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        assert all(b" 200 " in read_answer(caller) for caller in callers)


run([
    ("more connections are served than the soft limit of descriptors", descriptors_are_not_what_the_shell_grants),
    ("origins, base path and limits of the settings are in force", settings_of_the_http_server_are_used),
    ("--help and --version work everywhere", help_is_everywhere),
    ("docs/configuration.md says what the code says", settings_are_documented),
    ("a wrong option is one line and exit code 64", wrong_option_is_a_usage_error),
    ("wrong settings are all named at once, exit code 78", wrong_settings_are_all_named_at_once),
    ("a taken port is said in words and never shared", taken_port_is_said_in_words),
    ("a host that is nowhere is a wrong setting", unknown_host_is_a_wrong_setting),
    ("SIGTERM and SIGINT end the program with code 0", sigterm_is_a_clean_end),
    ("SIGHUP and SIGPIPE change nothing", sighup_and_sigpipe_change_nothing),
    ("a second signal ends the program at once", second_signal_ends_at_once),
    ("idle connections do not hold up the end", idle_connections_do_not_hold_up_the_end),
    ("health says up", health_says_up),
    (".env is read and the environment wins", dotenv_is_read_and_the_environment_wins),
    ("a start takes little time and memory", starts_fast_and_small),
])
