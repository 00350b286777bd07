#!/usr/bin/env python3
"""The documents of our APIs are valid OpenAPI, and what they say is so: schemathesis asks each service everything."""

import contextlib, json, pathlib, shutil, subprocess, sys, tempfile, urllib.error, urllib.request

from harness import PORTS, SANITIZER, Program, Skip, run, variable

TOOLS = pathlib.Path(sys.executable).parent
HERE = pathlib.Path(__file__).parent
# Under a sanitizer all is ten times slower, and the limits of every field are many requests.
PHASES = "examples,fuzzing" if SANITIZER else "examples,coverage,fuzzing,stateful"
KEY = "a-key-of-this-test-alone-that-is-long-enough"
EXAMPLES = 4 if SANITIZER else 8  # for each operation, beside those that try every limit of every field
ACCOUNTS = ("auth", "gateway")  # they ask the others, and some things only for people
ADMIN = {"email": "admin@example.com", "name": "Admin", "password": "SecurePass123!", "role": "ADMIN"}


@contextlib.contextmanager
def system():
    """All services, each a program on a free port, and the gateway in front of them. Everybody must sign in."""
    settings = {"AUTH_REQUIRED": "true", "API_KEY": KEY}
    with contextlib.ExitStack() as stack:
        programs = {}

        def start(name, **more):
            programs[name] = stack.enter_context(Program(f"tradewind-{name}", **settings, **more))
            return f"http://127.0.0.1:{programs[name].port}"

        urls = {}
        for name in [*(name for name in PORTS if name not in ACCOUNTS), *ACCOUNTS]:
            urls[variable(name)] = start(name, **(urls if name in ACCOUNTS else {}))
        yield programs


def call(program, path, body, **headers):
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}{path}", json.dumps(body).encode(),
        {"Content-Type": "application/json"} | headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def tool(name):
    """Of the folder of the Python that runs this."""
    found = shutil.which(name, path=str(TOOLS))
    if not found:
        raise Skip(f"{name} is not installed")
    return found


def documents_are_valid():
    validator = tool("openapi-spec-validator")
    with system() as programs, tempfile.TemporaryDirectory() as folder:
        for name, program in programs.items():
            document = pathlib.Path(folder, f"{name}.json")
            with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/api/docs/openapi.json") as answer:
                document.write_bytes(answer.read())
            assert len(json.loads(document.read_text())["paths"]) > 1, name
            result = subprocess.run([validator, document], capture_output=True, text=True)
            assert result.returncode == 0, result.stdout + result.stderr


def documents_are_true(name, signed_in=False):
    """By a key, or as an administrator where an account is needed, which a key is not."""
    command = tool("schemathesis")
    with system() as programs, tempfile.TemporaryDirectory() as folder:
        call(programs["users"], "/api/users", ADMIN, **{"X-API-Key": KEY})
        token = call(programs["auth"], "/api/auth/login", ADMIN)["accessToken"]
        credential = f"Authorization: Bearer {token}" if signed_in else f"X-API-Key: {KEY}"
        result = subprocess.run(
            [command, "--config-file", HERE / "schemathesis.toml", "run", "--phases", PHASES,
             "--seed", "1", "--max-examples", str(EXAMPLES), "--continue-on-failure", "--no-shrink",
             "--header", credential, f"http://127.0.0.1:{programs[name].port}/api/docs/openapi.json"],
            cwd=folder, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stdout + result.stderr
        print("   " + next(line.strip() for line in result.stdout.splitlines() if " generated, " in line))


def the_example_works():
    """What docs/example shows in fewer than eighty lines."""
    text = (HERE.parents[1] / "docs/example/main.swift").read_text()
    assert len(text.splitlines()) < 80
    with Program("guestbook", PORT=0) as program:
        call(program, "/api/entries", {"text": "I was here"})

        def ask(path):
            with urllib.request.urlopen(f"http://127.0.0.1:{program.port}{path}", timeout=10) as answer:
                return answer.read().decode()

        assert [entry["text"] for entry in json.loads(ask("/api/entries"))] == ["I was here"]
        assert 'commands_total{name="Sign",outcome="succeeded"} 1' in ask("/metrics")
        assert "guests_greeted_total 0" in ask("/metrics")
        assert json.loads(ask("/health/ready"))["checks"]["ink"]["status"] == "up"
        assert set(json.loads(ask("/api/docs/openapi.json"))["paths"]["/api/entries"]) == {"get", "post"}
        try:
            call(program, "/api/entries", {"text": ""})
            raise AssertionError("an empty entry was taken")
        except urllib.error.HTTPError as refusal:
            assert refusal.code == 400 and json.load(refusal)["errors"][0]["field"] == "text"


run([
    ("the example of the documentation does what it shows", the_example_works),
    ("every document is valid OpenAPI 3.1", documents_are_valid),
    *((f"what the document of {name} says is so", lambda name=name: documents_are_true(name, name in ACCOUNTS))
      for name in PORTS),
])
