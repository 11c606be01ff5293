#!/usr/bin/env python3
"""Proves that `verify` folds on its own: nothing of it includes, or is linked with, flow or the services.

    linkage_test.py --source SRC --program LINKED_WITH_VERIFY --control LINKED_WITH_ALL --foreign ARCHIVE...

The control shows that the test can fail: a program that does link them, and a header that does include them, are told.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

FOREIGN_FOLDERS = ("tally/flow/", "tally/http/", "tally/host/", "tally/bus/", "services/")
INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"', re.MULTILINE)


def reached_includes(source, start):
    """All quoted includes below `start`, through every header of ours, as {include: includer}."""
    reached, todo = {}, list(start)
    while todo:
        file = todo.pop()
        for name in INCLUDE.findall(file.read_text(encoding="utf-8")):
            if name not in reached:
                reached[name] = file
                if (source / name).is_file():
                    todo.append(source / name)
    return reached


def foreign_includes(source, start):
    return sorted(f"{includer.relative_to(source)} includes {name}"
                  for name, includer in reached_includes(source, start).items() if name.startswith(FOREIGN_FOLDERS))


def strong_symbols(file):
    """Functions and objects that a file defines, those shared by all (inline, templates) left out."""
    lines = subprocess.run(["nm", "--defined-only", str(file)], text=True, check=True, capture_output=True).stdout
    return {parts[2] for parts in map(str.split, lines.splitlines()) if len(parts) == 3 and parts[1] in "TDBR"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--control", type=Path, required=True)
    parser.add_argument("--foreign", type=Path, nargs="+", required=True)
    asked = parser.parse_args()

    failures = []
    files = sorted((asked.source / "tallystick/verify").glob("*.[ch]pp"))
    if len(files) < 10:
        failures.append("the sources of verify were not found")
    failures += foreign_includes(asked.source, files)
    if not foreign_includes(asked.source, [asked.source / "tally/host/host.hpp"]):
        failures.append("control: the includes of host.hpp should have been told")

    foreign = set().union(*map(strong_symbols, asked.foreign))
    if len(foreign) < 100:
        failures.append("the foreign archives define next to nothing")
    own = strong_symbols(asked.program)
    if not any("verify" in symbol for symbol in own):
        failures.append("the program does not hold verify")
    failures += sorted(f"linked with {symbol}" for symbol in own & foreign)
    if not strong_symbols(asked.control) & foreign:
        failures.append("control: the symbols of flow and the services should have been found in it")

    print("\n".join(failures) or "verify is on its own")
    return 1 if failures else 0


sys.exit(main())
