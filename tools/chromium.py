"""A Chromium for the tests: the machine's own, else Debian's package (as root), else npm's build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from install import PYTHON, ROOT, VENV, quietly, stop

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "chrome")

DEBIAN = ("chromium", "fonts-liberation", "fonts-dejavu-core")

NPM_VERSION = json.loads((ROOT / "package.json").read_text())["devDependencies"]["@sparticuz/chromium"]
PACKED = ROOT / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED = VENV / f"chromium-{NPM_VERSION}"

# Its libraries go with it, so the tests call this instead of the program itself.
LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib" FONTCONFIG_PATH="$here"
exec "$here/chromium.bin" "$@"
"""

# Run by the environment's Python: it has brotli, which the standard library lacks.
UNPACK = """
import brotli, io, pathlib, sys, tarfile
packed, there = map(pathlib.Path, sys.argv[1:])
for name in ("al2023", "fonts", "swiftshader"):
    archive = io.BytesIO(brotli.decompress((packed / f"{name}.tar.br").read_bytes()))
    tarfile.open(fileobj=archive).extractall(there)  # npm has checked its hash
fonts = f"<dir>{there}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{there}/fonts-cache</cachedir>"
(there / "fonts.conf").write_text(f"<fontconfig>{fonts}</fontconfig>")
program = there / "chromium.bin"
program.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
program.chmod(0o755)
"""


def bring() -> Path:
    """The path of a Chromium that starts; ends in words when there is no way to one."""
    return find() or _from_debian() or _from_npm() or stop(_advice())


def find() -> Path | None:
    """The one CHROMIUM names, else one on the machine."""
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        stop(f"CHROMIUM names {named}, which is not a program.")
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    unpacked = UNPACKED / "chromium"
    if found:
        return Path(found)
    else:
        return unpacked if unpacked.exists() else None


def _from_debian() -> Path | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    print("Installing Debian's chromium for the browser tests (about two minutes)", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    try:
        quietly(apt, "update")
        quietly(apt, "install", "--yes", "--no-install-recommends", *DEBIAN)
    except subprocess.CalledProcessError:
        return None
    return find()


def _from_npm() -> Path | None:
    npm = shutil.which("npm")
    if npm is None or sys.platform != "linux" or os.uname().machine != "x86_64":
        return None
    print("Bringing a chromium by npm for the browser tests (70 MB)", flush=True)
    shutil.rmtree(UNPACKED, ignore_errors=True)
    try:
        quietly(npm, "ci", "--ignore-scripts")
        quietly(PYTHON, "-c", UNPACK, PACKED, UNPACKED)
    except subprocess.CalledProcessError:
        return None
    launcher = UNPACKED / "chromium"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    return launcher


def _advice() -> str:
    return (
        "The browser tests need Chromium. On Debian or Ubuntu: apt install chromium. "
        f"Without root: install npm, which then brings @sparticuz/chromium {NPM_VERSION}. "
        "Or set CHROMIUM to the path of one you have."
    )
