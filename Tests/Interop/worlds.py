#!/usr/bin/env python3
"""The order chain in worlds that fail by a seed: no promise is broken in any, and each can be had again."""

import os, subprocess

from harness import BIN, SANITIZER, run

# Ten thousand worlds are a minute for a program that is built for use, and ten for one with a sanitizer in it.
SEEDS = 200 if SANITIZER else 10_000
PROGRAM = (BIN if SANITIZER else BIN.parent / "release").resolve() / "simulate"


def simulate(*arguments):
    environment = {key: value for key, value in os.environ.items() if key != "SWIFT_DETERMINISTIC_HASHING"}
    result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=environment)
    assert result.returncode == 0, result.stdout[-4_000:] + result.stderr
    return result.stdout


def no_promise_is_broken():
    told = simulate("--seeds", str(SEEDS))
    print("   " + told.splitlines()[-1])
    for fault in told.splitlines()[-2].split(", "):
        assert int(fault.split()[-1]) > SEEDS // 50, f"it hardly ever happened: {fault}"


def a_world_can_be_had_again():
    for seed in ("3", "17", "1917"):
        once, again = simulate("--seed", seed, "--trace"), simulate("--seed", seed, "--trace")
        assert once == again and once.count("\n") > 50, seed
    assert simulate("--seed", "3", "--trace") != simulate("--seed", "17", "--trace")


run([
    (f"in {SEEDS} worlds that fail no promise is broken", no_promise_is_broken),
    ("a world can be had again, to the last step", a_world_can_be_had_again),
])
