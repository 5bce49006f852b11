#!/usr/bin/env python3
"""Prints the licences of every crate that is compiled into the program, each text once.

Usage: licenses.py TARGET-TRIPLE, in the project's folder. What is printed follows from Cargo.lock and the crates' own
files; a crate that names no licence ends it with an error.
"""

import hashlib
import json
import os
import subprocess
import sys

NAMES = ("LICEN", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT")
LINE = "-" * 78


def crates(target):
    """The packages that the program is linked of, without itself, by name."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    found, left = set(), [root]
    while left:
        own = left.pop()
        if own in found:
            continue
        found.add(own)
        # Neither what tests need nor what runs while it is built is in the program.
        linked = (dep for dep in nodes[own]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"]))
        left.extend(dep["pkg"] for dep in linked)
    found.discard(root)
    return sorted((packages[own] for own in found), key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licence files of a package, as text."""
    folder = os.path.dirname(package["manifest_path"])
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.upper().startswith(NAMES) and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                yield file.read().strip().replace("\r\n", "\n")


def main():
    print("guacfront is linked of the following crates, under the licences named, whose texts follow.\n")
    holders = {}
    for package in crates(sys.argv[1]):
        license_ = package["license"] or package["license_file"]
        if not license_:
            sys.exit(f"{package['name']} {package['version']} names no licence")
        title = f"{package['name']} {package['version']}"
        print(f"{title}: {license_}")
        for text in texts(package):
            key = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            holders.setdefault(key, (text, []))[1].append(title)
    for text, titles in holders.values():
        print(f"\n{LINE}\n{', '.join(sorted(set(titles)))}\n{LINE}\n\n{text}")


if __name__ == "__main__":
    main()
