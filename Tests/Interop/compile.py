#!/usr/bin/env python3
"""What must not compile, held against the modules that were built: an endpoint that does not say who may call it."""

import pathlib, re, subprocess, tempfile

from harness import BIN, run

ENDPOINT = """
import TradewindAPI
import TradewindCQRS

let endpoint = Endpoint.get("/api/secrets", "Secrets",{access} gives: .noContent) {{ _ in }}
"""


def compiled(text):
    """What the compiler says of a file that belongs to this package; nothing when all is well."""
    folder = BIN.resolve()
    # The compiler is called by hand, so it must be told what the package manager knows.
    package = re.search(r'"-package-name","([^"]+)"', (folder.parent.parent / "debug.yaml").read_text())[1]
    root = pathlib.Path(__file__).parents[2]
    system = [f"-I{path.parent}" for path in root.glob("Sources/System/*/module.modulemap")]
    shims = [word for path in folder.glob("*.build/module.modulemap") for word in ("-Xcc", f"-fmodule-map-file={path}")]
    with tempfile.TemporaryDirectory() as place:
        source = pathlib.Path(place, "snippet.swift")
        source.write_text(text)
        result = subprocess.run(
            ["swiftc", "-typecheck", "-swift-version", "6", "-package-name", package, f"-I{folder}/Modules", *system,
             *shims, source], capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stderr or "failed"


def access_has_no_default():
    assert compiled(ENDPOINT.format(access=" access: .signedIn,")) == ""
    assert "missing argument for parameter 'access'" in compiled(ENDPOINT.format(access=""))


run([("an endpoint that does not say who may call it does not compile", access_has_no_default)])
