#!/usr/bin/env python3
"""scripts/new-service in copies of this checkout: what it refuses and writes, and a walk through docs/add-a-service.md.

The walk builds. In a folder of another name everything would be compiled anew, so the copy is laid over this checkout,
for the processes of this test alone: what is written goes into a temporary folder, and the ports are theirs, too.
"""

import ctypes, fcntl, os, pathlib, re, shutil, signal, socket, struct, subprocess, sys, tempfile

from harness import BIN, SANITIZER, Skip, eventually, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/add-a-service.md"
GIT = {"GIT_AUTHOR_NAME": "test", "GIT_AUTHOR_EMAIL": "test@example.com", "GIT_COMMITTER_NAME": "test",
       "GIT_COMMITTER_EMAIL": "test@example.com", "GIT_CONFIG_GLOBAL": "/dev/null"}


def shell(command, folder, **environment):
    """What a command prints; it must succeed."""
    result = subprocess.run(command, cwd=folder, shell=isinstance(command, str), text=True, stdin=subprocess.DEVNULL,
                            env=os.environ | GIT | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0, f"{command}\n{result.stdout[-8000:]}"
    return result.stdout


def begin(folder):
    """Makes what lies there a repository of its own, where all is committed."""
    shell("git init --quiet && git add --all && git commit --quiet --message all", folder)


class Copy(tempfile.TemporaryDirectory):
    """What git knows of this checkout, as it is now."""

    def __enter__(self):
        folder = pathlib.Path(super().__enter__())
        listed = shell(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT)
        for path in filter(None, listed.split("\0")):
            if (ROOT / path).is_file():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, folder / path)
        begin(folder)
        return folder


def changes(folder):
    return shell(["git", "status", "--porcelain", "--untracked-files=all"], folder)


REFUSED = [
    ("", "usage"), ("portfolio", "usage"), ("a b c d", "usage"),
    ("Portfolio 3013", "small letters"), ("-x 3013", "small letters"), ("a/../b 3013", "small letters"),
    ("ä 3013", "small letters"), ("x" * 41 + " 3013", "small letters"), ("portfolio 3013 Big", "small letters"),
    ("users 3013", "a module Users"), ("signals 3013", "a module Signals"), ("runtime 3013", "a module Runtime"),
    ("foundation 3013", "a module Foundation"), ("notebook 3013", "a module Notebook"),
    ("postgres 3013", "a module Postgres"), ("prometheus 3013", "something else"), ("events 3013", "something else"),
    ("class 3013", "a word of Swift's"), ("cases 3013", "a word of Swift's"), ("portfolio 3013 default", "of Swift's"),
    ("pages 3013", "a type Page"), ("portfolio 3013 user", "a type User"), ("portfolio 3013 portfolio", "as itself"),
    ("portfolio x", "PORT must be"), ("portfolio 80", "PORT must be"), ("portfolio 65536", "PORT must be"),
    ("portfolio 03013", "PORT must be"), ("portfolio 3001", "port 3001 is taken"), ("portfolio 9092", "is taken"),
]


def wrong_input_is_refused():
    with Copy() as folder:
        def refused(words, why):
            result = subprocess.run(["scripts/new-service", *words.split()], cwd=folder, capture_output=True, text=True)
            assert result.returncode == 1 and why in result.stderr and not result.stdout, f"{words}: {result.stderr}"
            assert len(result.stderr.splitlines()) == 1, result.stderr
        for words, why in REFUSED:
            refused(words, why)
        assert not changes(folder)
        # What is there already, and what is not committed, stays as it is.
        leftover = folder / "docs/services/portfolio.md"
        leftover.write_text("mine")
        refused("portfolio 3013", "docs/services/portfolio.md is there already")
        leftover.unlink()
        with open(folder / "render.yaml", "a") as file:
            file.write("# mine\n")
        refused("portfolio 3013", "render.yaml has changes that are not committed")
        assert changes(folder) == " M render.yaml\n"
        shell("git checkout render.yaml && sed -i s/PORTS/TABLE/ Tests/Interop/harness.py && git commit -qam x", folder)
        refused("portfolio 3013", "Tests/Interop/harness.py does not look as it should")
        assert not changes(folder)


def half_a_service_is_taken_back():
    """The formatter dies when all is written."""
    with Copy() as folder, tempfile.TemporaryDirectory() as tools:
        broken = pathlib.Path(tools, "swift")
        broken.write_text("#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
        result = subprocess.run(
            ["scripts/new-service", "portfolio", "3013"], cwd=folder, capture_output=True, text=True,
            env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"})
        assert result.returncode == 1 and "Nothing was changed" in result.stderr, result.stderr
        assert not changes(folder) and not (folder / "Sources/Services/Portfolio").exists()


def deployment_knows_them():
    """Three services, one after the other: with dashes, with a plural, with a name for what it keeps."""
    with Copy() as folder:
        for words in ("data-governance 8013", "inquiries 8014", "portfolio 3013 open-position"):
            shell(["scripts/new-service", *words.split()], folder)
            shell("git add --all && git commit --quiet --message one", folder)
        added = shell("git diff HEAD~3 --diff-filter=A", folder)
        left = re.findall(r"^.*(?:notebook|\bnotes?\b|Note[A-Z]|note[A-Z_]|3999|payment|3003).*$", added, re.M)
        assert not left, left
        for path in ("DataGovernance/Service/Domain/GovernanceItem", "Inquiries/Service/Features/ListInquiries",
                     "Portfolio/Service/Features/CreateOpenPosition"):
            assert (folder / f"Sources/Services/{path}.swift").exists(), path
        assert "An inquiry" in added and "open_positions" in added and '"open-position.created"' in added
        shell("scripts/lint", folder)
        swift = shell("git diff HEAD~3 --name-only -- '*.swift'", folder).split()
        shell(["swift", "format", "lint", "--strict", *swift], folder)
        counts = shell(["Tests/Interop/deploy.py"], folder, TRADEWIND_BIN=str(BIN.resolve())).splitlines()[-1]
        assert " 0 failed" in counts, counts


def walk():
    """The commands of the page, in the order in which they stand there."""
    if SANITIZER:
        raise Skip("the walk is the same under a sanitizer, and takes long")
    # Who is not root needs a namespace of users to be one in.
    root = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    try:
        command = [sys.executable, __file__, "walk", str(os.getuid()), str(os.getgid())]
        again = subprocess.run(
            ["unshare", *root, "--mount", "--net", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        raise Skip("unshare is not installed")
    if again.returncode == 77 or again.stdout.startswith("unshare: "):
        raise Skip(f"nothing can be laid over a folder here: {again.stdout.strip()}")
    assert again.returncode == 0, again.stdout
    print(again.stdout, end="")


def lay_over(folder):
    """From here on, what is written into the checkout lands in `folder`, and nobody else sees it."""
    upper, work = pathlib.Path(folder, "upper"), pathlib.Path(folder, "work")
    upper.mkdir()
    work.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"lowerdir={ROOT},upperdir={upper},workdir={work},userxattr"
    if libc.mount(b"overlay", str(ROOT).encode(), b"overlay", 0, options.encode()):
        print(os.strerror(ctypes.get_errno()))
        sys.exit(77)
    os.chdir(ROOT)  # by its name, which now means another folder


def bring_loopback_up():
    SIOCSIFFLAGS, IFF_UP = 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def walk_inside(user, group):
    folder = tempfile.mkdtemp()
    # PostgreSQL does not run as root, not even as one who is root in here only.
    own = [] if user == "0" else ["unshare", "--user", f"--map-user={user}", f"--map-group={group}"]
    try:
        lay_over(folder)
        bring_loopback_up()
        follow_the_page(own)
    finally:
        os.chdir("/")
        ctypes.CDLL(None).umount2(str(ROOT).encode(), 2)
        subprocess.run(["chmod", "--recursive", "u+rwx", folder])
        shutil.rmtree(folder)


def follow_the_page(own):
    git = ROOT / ".git"
    shutil.rmtree(git) if git.is_dir() else git.unlink()
    begin(ROOT)
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    commands = [command for block in blocks for command in block.replace("\\\n", " ").splitlines()]
    said, system = {}, None
    try:
        for command in commands:
            if command == "make run":  # in a terminal of its own
                system = subprocess.Popen(
                    [*own, "make", "run"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, start_new_session=True)
                lines = []
                for line in system.stdout:
                    lines.append(line)
                    if '"msg":"ready"' in line:
                        break
                else:
                    raise AssertionError("it does not start: " + "".join(lines[-20:]))
                eventually(lambda: socket.create_connection(("127.0.0.1", 3013), 1), 10, "a listener at port 3013")
            else:
                said[command] = shell([*own, "bash", "-c", command], ROOT)
    finally:
        if system:
            os.killpg(system.pid, signal.SIGKILL)
            system.wait()
    told = list(said.values())
    assert "?? Sources/Services/Portfolio/" in told[1] and " M docker-compose.prod.yml" in told[1], told[1]
    counts = told[2].splitlines()[-1]
    passed = int(re.match(r"(\d+) passed, 0 failed", counts)[1])
    assert passed > 100, counts
    assert told[-2].count("Ten ounces of gold") == 1 and '"holdingId"' not in told[-2], told[-2]
    assert '"portfolio"' in told[-1], told[-1]
    print(f"   {counts}")


if sys.argv[1:2] == ["walk"]:
    walk_inside(*sys.argv[2:])
else:
    run([
        ("wrong input is refused in one sentence, and changes nothing", wrong_input_is_refused),
        ("half a service is taken back", half_a_service_is_taken_back),
        ("whatever its name, deployment knows a new service", deployment_knows_them),
        ("the walk through docs/add-a-service.md ends with a service that works", walk),
    ])
