"""Bring what is pinned into the checkout: Python packages into .venv, script and fonts into crm/static/vendor; and
compile the words of every language.

Each part leaves a stamp saying from what it was made, so that the next start has nothing to do. Python packages come
by pip with hashes. The fonts come by npm where there is one; without it the pages use the system's own.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
VENDOR = ROOT / "crm" / "static" / "vendor"
TRANSLATIONS = ROOT / "translations"

OLDEST = (3, 11)
NEWER_PYTHONS = [f"python3.{minor}" for minor in range(15, OLDEST[1] - 1, -1)]

FONTS = {
    "atkinson.woff2": "atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "literata.woff2": "literata/files/literata-latin-wght-normal.woff2",
}


def need_new_python() -> None:
    """Go on under the newest Python of the machine when this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        if found := shutil.which(name):
            os.execv(found, [found, *sys.argv])
    stop("Lantern needs Python 3.11 or newer, and found only {}.{}.".format(*sys.version_info[:2]))


def stop(words: str) -> NoReturn:
    """End with one clear line."""
    sys.exit(words)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two terminals installing at once would trip over each other: the second waits."""
    with open(__file__) as key:
        fcntl.flock(key, fcntl.LOCK_EX)
        yield


def runtime() -> None:
    """What the service runs on. A checkout installed for tests has it already."""
    _environment()
    if not _is_stamped(VENV / ".tests", _test_stamp()):
        _packages("requirements.txt", VENV / ".runtime", _runtime_stamp())


def development() -> None:
    """What the service runs on, its tests and its checks."""
    _environment()
    _packages("requirements-dev.txt", VENV / ".tests", _test_stamp())


def assets(again: bool = False) -> None:
    """The languages, htmx and the fonts. `again`: try for fonts that could not be fetched the last time."""
    languages()
    _htmx()
    _fonts(again)


def languages() -> None:
    """Compile what visitors read in other languages, for gettext. Raises CalledProcessError for a broken catalogue."""
    for catalogue in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
        compiled, stamp = catalogue.with_suffix(".mo"), catalogue.with_suffix(".stamp")
        if not (compiled.exists() and _is_stamped(stamp, digest(catalogue))):
            quietly(PYTHON, "-m", "babel.messages.frontend", "compile", "-i", catalogue, "-o", compiled)
            stamp.write_text(digest(catalogue))


def quietly(*command: str | Path, seconds: float | None = None) -> None:
    """Run a program; its output is shown only when it fails. Raises CalledProcessError or TimeoutExpired."""
    together = subprocess.STDOUT
    done = subprocess.run(command, cwd=ROOT, timeout=seconds, text=True, stdout=subprocess.PIPE, stderr=together)
    if done.returncode:
        sys.stderr.write(done.stdout)
        done.check_returncode()


def digest(*sources: Path | str) -> str:
    """Of files' bytes and of plain words."""
    total = hashlib.sha256()
    for source in sources:
        total.update(source.read_bytes() if isinstance(source, Path) else source.encode())
        total.update(b"\0")
    return total.hexdigest()


def _packages(lock: str, stamp: Path, made_from: str) -> None:
    if not _is_stamped(stamp, made_from):
        print(f"Installing what {lock} pins (about half a minute the first time)", flush=True)
        _pip("--require-hashes", "-r", lock)
        _pip("--no-deps", "--no-build-isolation", "-e", ".")
        stamp.write_text(made_from)


def _runtime_stamp() -> str:
    return digest(ROOT / "requirements.txt", ROOT / "pyproject.toml")


def _test_stamp() -> str:
    return digest(ROOT / "requirements.txt", ROOT / "requirements-dev.txt", ROOT / "pyproject.toml")


def _environment() -> None:
    python = os.path.realpath(sys.executable)
    stamp = VENV / ".made-for"
    made_for = f"{python} {VENV}"  # a moved checkout, or another Python, needs a new one
    if _is_stamped(stamp, made_for):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        stop("This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv")
    print("Making .venv", flush=True)
    quietly(python, "-m", "venv", "--clear", VENV)
    stamp.write_text(made_for)


def _pip(*words: str) -> None:
    quietly(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *words)


def _htmx() -> None:
    stamp, made_from = VENDOR / ".htmx", digest(ROOT / "requirements-assets.txt")
    if _is_stamped(stamp, made_from):
        return
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as unpacked:
        # The wheel is only the carrier of one file; its Python code is never imported.
        _pip("--require-hashes", "--no-deps", "--target", unpacked, "-r", "requirements-assets.txt")
        shutil.copy(Path(unpacked, "django_htmx/static/django_htmx/htmx-2.min.js"), VENDOR)
    stamp.write_text(made_from)


def _fonts(again: bool) -> None:
    stamp, made_from = VENDOR / ".fonts", digest(ROOT / "package-lock.json")
    failed = f"failed {made_from}"
    npm = shutil.which("npm")
    if _is_stamped(stamp, made_from):
        return
    elif npm is None:
        print("No npm here, so the pages use the system's fonts.", flush=True)
    elif _is_stamped(stamp, failed) and not again:
        print("npm could not bring the fonts, so the pages use the system's (`make setup` tries again).", flush=True)
    else:
        stamp.write_text(made_from if _fonts_came(npm) else failed)


def _fonts_came(npm: str) -> bool:
    packages = ROOT / "node_modules" / "@fontsource-variable"
    try:
        quietly(npm, "ci", "--ignore-scripts", "--omit=dev", "--fetch-retries=0", seconds=60)
        (VENDOR / "fonts").mkdir(exist_ok=True)
        for name, source in FONTS.items():
            shutil.copy(packages / source, VENDOR / "fonts" / name)
    except (subprocess.SubprocessError, OSError):
        print("npm could not bring the fonts, so the pages use the system's.", flush=True)
        return False
    else:
        return True


def _is_stamped(stamp: Path, made_from: str) -> bool:
    return stamp.exists() and stamp.read_text() == made_from
