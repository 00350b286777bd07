#!/usr/bin/env python3
"""A short form of Tests/Faults/storm.py: services are killed while orders are placed; nothing is lost or doubled."""

import pathlib, shutil, subprocess, sys

from harness import SANITIZER, Skip, run

STORM = pathlib.Path(__file__).resolve().parent.parent / "Faults/storm.py"


def storm(backend):
    def weather():
        if backend == "redis" and not shutil.which("redis-server"):
            raise Skip("redis-server is not installed")
        if SANITIZER:
            raise Skip("a start under the sanitizer takes longer than the pauses between two kills")
        result = subprocess.run(
            [sys.executable, STORM, "--backend", backend, "--orders", "160", "--kills", "8"], capture_output=True,
            text=True, timeout=200)
        print("   " + result.stdout.strip())
        assert result.returncode == 0, result

    return weather


run([(f"killed services lose and double nothing, {backend}", storm(backend)) for backend in ("embedded", "redis")])
