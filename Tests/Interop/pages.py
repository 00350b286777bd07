#!/usr/bin/env python3
"""What README.md and docs say is so: commands run and print what stands below them, links lead somewhere, lists that
could grow old agree with the code.

The commands of a page run in one bash, from top to bottom, in a folder with `data` and all that is in the checkout,
beside a `tradewind` that has just been started. CONTRIBUTING.md says how a page is written for it.
"""

import contextlib, json, os, pathlib, re, shutil, signal, subprocess, tempfile, urllib.request

from harness import BIN, Skip, run
from stage import ROOT, System

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md",
         *sorted(path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts)]
FENCE = re.compile(r"^(<!-- not run: (?P<why>[^\n]+) -->\n)?```(?P<kind>\S*)\n(?P<text>.*?)^```$", re.M | re.S)
LANGUAGES = {"sh", "json", "text", "swift", "mermaid", "js", "ini"}
SECONDS_A_PAGE = 60
PORT = re.compile(r"\b(localhost|127\.0\.0\.1):(\d{4})\b")  # those of the port table, wherever they are written

# Every command that fails is noted, wherever in a block it stands; what a block sets, the next one has.
DRIVER = """
set -E -o pipefail
trap 'echo "$BASH_COMMAND" >>"$block.failed"' ERR
for block in "$1"/*.sh; do . "$block" >"$block.out" 2>&1 </dev/null; done
"""


class Block:
    def __init__(self, page, match, after):
        self.text, self.why = match["text"], match["why"]
        self.where = f"{page.relative_to(ROOT)}:{match.string.count(chr(10), 0, match.start()) + 1}"
        # What it prints stands right below it.
        shown = after if after and after["kind"] in ("json", "text") else None
        gap = match.string[match.end():shown.start()] if shown else "-"
        self.shown = shown["text"] if not gap.strip() else None


def blocks(page):
    found = list(FENCE.finditer(page.read_text()))
    for match, after in zip(found, found[1:] + [None]):
        if match["kind"] == "sh":
            yield Block(page, match, after)


def pattern(shown):
    """Blanks are no difference, and … stands for anything."""
    return re.compile(".*?".join(re.escape("".join(part.split())) for part in shown.split("…")), re.S)


def commands_run(page, system):
    moved = lambda text: PORT.sub(lambda it: f"{it[1]}:{int(it[2]) + system.offset}", text)
    runnable = [block for block in blocks(page) if not block.why]
    with tempfile.TemporaryDirectory() as folder:
        for number, block in enumerate(runnable):
            pathlib.Path(folder, f"{number:03}.sh").write_text(moved(block.text))
        environment = system.environment | {"PATH": f"{BIN.resolve()}:{os.environ['PATH']}", "HOME": folder}
        shell = subprocess.Popen(
            ["bash", "-c", DRIVER, "bash", folder], cwd=system.folder.name, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            shell.wait(SECONDS_A_PAGE)
        finally:
            with contextlib.suppress(ProcessLookupError):  # what it may have left running
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        wrong = []
        for number, block in enumerate(runnable):
            path = pathlib.Path(folder, f"{number:03}.sh")
            printed = path.with_suffix(".sh.out").read_text(errors="replace")
            printed = re.sub(rf":({'|'.join(str(port + system.offset) for port in range(3000, 3016))})\b",
                             lambda it: f":{int(it[1]) - system.offset}", printed)
            failed = path.with_suffix(".sh.failed")
            if failed.exists():
                wrong.append(f"{block.where}: fails at {failed.read_text().splitlines()[0]}\n{printed}")
            elif block.shown and not pattern(block.shown).search("".join(printed.split())):
                wrong.append(f"{block.where}: prints something else:\n{printed}")
        assert not wrong, "\n".join(wrong)


def every_command_runs():
    """One program for all pages: what each of them adds to its data does not disturb the others."""
    for tool in ("curl", "jq", "openssl"):
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")
    with System() as system:
        for entry in ROOT.iterdir():
            if entry.name not in ("data", ".git", ".env"):
                (pathlib.Path(system.folder.name) / entry.name).symlink_to(entry)
        failures = []
        for page in PAGES:
            try:
                commands_run(page, system)
            except (AssertionError, subprocess.TimeoutExpired) as failure:
                failures.append(f"{page.relative_to(ROOT)}: {failure}")
        assert not failures, "\n".join(failures)


def what_is_not_run_says_why():
    """And even what cannot run here names targets and scripts that exist."""
    targets = set(re.findall(r"^([a-z-]+)%?:", (ROOT / "Makefile").read_text(), re.M))
    for page in PAGES:
        text = page.read_text()
        assert text.count("\n```") % 2 == 0, f"{page.name}: a fence is open"
        assert not re.search(r"^ +```", text, re.M), f"{page.name}: a fence that is indented would not be seen"
        for match in FENCE.finditer(text):
            assert match["kind"] in LANGUAGES, f"{page.name}: ```{match['kind']}: commands are sh, their output text"
        for block in blocks(page):
            for target in re.findall(r"(?:^|[;&|] ?|^[A-Z_]+=\S+ )make +([a-z-]+)", block.text, re.M):
                assert target in targets or target.startswith("dev-restart-"), f"{block.where}: make {target}"
            for name in re.findall(r"(?:^|\s)((?:scripts|Tests|infra)/[\w./-]+)", block.text):
                assert (ROOT / name).exists(), f"{block.where}: {name}"


def slugs(text):
    """What GitHub calls the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).lower()).replace(" ", "-")
            for head in heads}


# What docs/add-a-service.md makes while it is read.
MADE_BY_A_PAGE = re.compile("[Pp]ortfolio")


def links_lead_somewhere():
    broken = []
    for page in PAGES + sorted((ROOT / "docs/decisions").glob("*.md")):
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
        for path in re.findall(r"`((?:Sources|Tests|Benchmarks|docs|scripts|infra|frontend)/[\w./-]+)`", text):
            if "decisions" not in page.parts and not (ROOT / path).exists() and not MADE_BY_A_PAGE.search(path):
                broken.append(f"{page.relative_to(ROOT)}: {path}")
        text = re.sub(r"`[^`\n]*`", "", text)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists() or anchor and there.suffix == ".md" and anchor not in slugs(there.read_text()):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, broken


def every_page_is_found():
    """And every picture is shown somewhere."""
    shown = "".join(page.read_text() for page in PAGES)
    unseen = [path.name for path in (ROOT / "docs/pictures").iterdir() if f"pictures/{path.name})" not in shown]
    assert not unseen, f"no page shows {unseen}"
    index = (ROOT / "docs/README.md").read_text()
    for page in PAGES:
        if page.parent != ROOT and page.name != "README.md":
            assert f"({page.relative_to(ROOT / 'docs')})" in index, f"docs/README.md does not name {page.name}"


def the_events_are_fresh():
    printed = subprocess.run([ROOT / "scripts/events"], capture_output=True, text=True, timeout=60)
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == (ROOT / "docs/events.md").read_text(), "docs/events.md is stale: run `make docs`"


def routes_are_all_there():
    """The table of each service's page is what the service's own document says, neither more nor less."""
    with System() as system:
        for name, port in (("users", 3001), ("orders", 3002), ("payments", 3003), ("channels", 3004), ("auth", 3006),
                           ("gateway", 3005)):
            url = f"http://127.0.0.1:{port + system.offset}/api/docs/openapi.json"
            with urllib.request.urlopen(url, timeout=30) as answer:
                paths = json.load(answer)["paths"]
            if name == "gateway":  # whose document is that of all services
                paths = {path: it for path, it in paths.items() if any("Gateway" in op["tags"] for op in it.values())}
            served = {(method.upper(), path) for path, item in paths.items() for method in item}
            page = (ROOT / f"docs/services/{name}.md").read_text()
            listed = set(re.findall(r"^\| `([A-Z]+) (/\S+)` \|", page, re.M))
            assert listed == served, f"{name}: not listed {served - listed}, not served {listed - served}"


def the_picture_has_every_module():
    picture = (ROOT / "docs/pictures/layers.svg").read_text()
    drawn = set(re.findall(r'class="name[^>]*>([^<]+)<', picture))
    package = (ROOT / "Package.swift").read_text()
    modules = {name.removeprefix("Tradewind") for name in re.findall(r'\.init\(\s*"((?:Tradewind)\w+)"', package)}
    assert modules <= drawn, f"layers.svg lacks {modules - drawn}"


def alerts_are_explained():
    alerts = set(re.findall(r"- alert: (\w+)", (ROOT / "infra/prometheus/alerts.yml").read_text()))
    explained = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/operations.md").read_text(), re.M))
    assert alerts <= explained, f"docs/operations.md does not explain {alerts - explained}"


if __name__ == "__main__":
    run([
        ("every command of the pages runs and prints what they say", every_command_runs),
        ("what is not run says why, and names what exists", what_is_not_run_says_why),
        ("links lead somewhere", links_lead_somewhere),
        ("every page can be found, and every picture seen", every_page_is_found),
        ("docs/events.md says what the code says", the_events_are_fresh),
        ("pages of services list every route", routes_are_all_there),
        ("the picture of the layers has every module", the_picture_has_every_module),
        ("every alert is explained", alerts_are_explained),
    ])
