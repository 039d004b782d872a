#!/usr/bin/env python3
"""Checks what cached-runtime depends on: how many crates, and which Rust they need."""

import json
import subprocess
import sys

# The last of them is the cheap clock of the values that are kept in the process.
MOST_CRATES = 76


def cargo(*args):
    return subprocess.run(["cargo", *args], check=True, stdout=subprocess.PIPE, text=True).stdout


def tree(*options):
    """The crates in the dependency tree, each once, as (name, version)."""
    lines = cargo("tree", "-p", "cached-runtime", "--prefix", "none", "--format", "{p}", *options)
    words = (line.split() for line in lines.splitlines() if line)
    return sorted({(name, version.removeprefix("v")) for name, version, *_ in words})


def number(version):
    """`1.88` as something that compares."""
    return tuple(int(part) for part in (version + ".0.0").split(".")[:3])


def too_many():
    crates = tree("-e", "normal")
    print(f"{len(crates)} crates with default features, of at most {MOST_CRATES}")
    if len(crates) > MOST_CRATES:
        yield "too many crates:\n  " + "\n  ".join(" ".join(crate) for crate in crates)


def too_new():
    packages = json.loads(cargo("metadata", "--all-features", "--format-version", "1"))["packages"]
    needed = {(p["name"], p["version"]): p["rust_version"] for p in packages}
    crates = tree("-e", "normal,build", "--all-features")
    ours = next(needed[crate] for crate in crates if crate[0] == "cached-runtime")
    print(f"{len(crates)} crates with all features, for Rust {ours}")
    for crate in crates:
        rust = needed[crate]
        if rust and number(rust) > number(ours):
            yield f"{' '.join(crate)} needs Rust {rust}, and cached-runtime promises {ours}"


problems = [*too_many(), *too_new()]
sys.exit("\n".join(problems) if problems else 0)
