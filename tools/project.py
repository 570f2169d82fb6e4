#!/usr/bin/env python3
"""What a person says to the checkout: run, test, check, bench, soak, setup, lock. Standard library only.

`make WORD` is `python3 tools/project.py WORD`; extra words go on to the program behind it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import chromium
import install
from install import BIN, PYTHON, ROOT, stop

INSTANCE = ROOT / "instance"

CHECKS = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "mypy": ["mypy", "--no-error-summary"],
    "import-linter": ["lint-imports", "--no-logo"],
}

# What the tests may see of the caller's environment. Everything else, a DATABASE_URL above all, stays outside.
LET_IN = {"HOME", "USER", "LOGNAME", "LANG", "TERM", "TMPDIR", "TZ", "CI", "NO_COLOR", "TEST_DATABASE_URL"}
LET_IN_FAMILIES = ("LC_", "PYTEST_", "HYPOTHESIS_")


def main(words: list[str]) -> int:
    """Do what the first word says; the others belong to it."""
    install.need_new_python()
    verb = VERBS.get(words[0]) if words else None
    if verb is None:
        stop(f"Say one of: {', '.join(VERBS)}.")
    os.chdir(ROOT)
    return verb(words[1:])


def run(_words: list[str]) -> int:
    """Start the whole service on this machine, with the demo clinic in an empty database."""
    if os.environ.get("CRM_ENV", "development") != "development":
        stop("`run` is for development, and CRM_ENV says otherwise. In production: crm upgrade, then crm serve.")
    with install.one_at_a_time():
        install.runtime()
        install.assets()
    env = _development()
    # One process for both commands: starting Python and importing the service twice is most of a second start.
    both = "import sys; from crm.cli import main; sys.exit(main(['upgrade']) or main(['demo', '--if-empty']))"
    done = subprocess.run([PYTHON, "-c", both], env=env, cwd=ROOT)
    if done.returncode:
        return done.returncode
    print(f"Lantern is at {env['BASE_URL']} (Ctrl-C stops it)", flush=True)
    serve = [str(BIN / "crm"), "serve", "--host", env["HOST"], "--port", env["PORT"], "--with-worker", "--workers", "1"]
    os.execve(serve[0], serve, env)


def test(words: list[str]) -> int:
    """Everything that CI runs. The last line is pytest's own, unless a check before it failed."""
    env = _for_tests()
    failed = _failed_checks(env)
    tests = subprocess.run([PYTHON, "-m", "pytest", "-n", "3", "--dist", "worksteal", *words], env=env).returncode
    if failed:
        print(f"Failed before the tests: {', '.join(failed)}.", file=sys.stderr)
    return tests or int(bool(failed))


def check(_words: list[str]) -> int:
    """The checks that need no running program: style, types, directions of import."""
    with install.one_at_a_time():
        install.development()
    failed = _failed_checks(_clean())
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return int(bool(failed))


def bench(words: list[str]) -> int:
    """Measure; says what and how in its own words."""
    return subprocess.run([PYTHON, "-m", "bench", *words], env=_for_tests()).returncode


def soak(words: list[str]) -> int:
    """The long fault suite, at full size."""
    return subprocess.run([PYTHON, "-m", "pytest", "-m", "soak", *words], env=_for_tests()).returncode


def setup(_words: list[str]) -> int:
    """Install everything, run nothing."""
    _for_tests()
    print(f"Ready: {BIN}")
    return 0


def lock(words: list[str]) -> int:
    """Write the locks anew from the .in files (for maintainers; `lock --upgrade` moves to the newest releases)."""
    uv = shutil.which("uv") or stop("`lock` needs uv: pip install uv. Nothing else does.")
    # Only the public index may decide what is in the lock, whatever this machine is set to.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    env["UV_CUSTOM_COMPILE_COMMAND"] = "python3 tools/project.py lock"
    compile_ = [uv, "pip", "compile", "--quiet", "--no-config", "--generate-hashes", "--universal"]
    compile_ += ["--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links", *words]
    for name, extra in (("requirements", []), ("requirements-dev", []), ("requirements-assets", ["--no-deps"])):
        subprocess.run([*compile_, *extra, f"{name}.in", "-o", f"{name}.txt"], env=env, check=True)
    if npm := shutil.which("npm"):
        subprocess.run([npm, "install", "--package-lock-only", "--ignore-scripts"], check=True)
    return 0


VERBS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "soak": soak,
    "setup": setup,
    "lock": lock,
}


def _development() -> dict[str, str]:
    """The settings of `run`. What the caller has set wins, so that another port or database is one word away."""
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    env = {**_development_secrets(), "SECOND_FACTOR": "off", "HOST": "127.0.0.1", "PORT": "8000", **os.environ}
    env["CRM_ENV"] = "development"
    env.setdefault("BASE_URL", f"http://localhost:{env['PORT']}")
    return env


def _development_secrets() -> dict[str, str]:
    """Made once for this checkout; without them its database could not be read again."""
    kept = INSTANCE / "dev.env"
    if not kept.exists():
        key = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        made = kept.with_suffix(".new")
        made.touch(mode=0o600)
        made.write_text(f"SECRET_KEY={secrets.token_urlsafe(48)}\nFIELD_KEYS={key}\n")
        made.replace(kept)
    return dict(line.split("=", 1) for line in kept.read_text().splitlines())


def _for_tests() -> dict[str, str]:
    with install.one_at_a_time():
        install.development()
        install.assets(again=True)
        return {**_clean(), "CHROMIUM": str(chromium.bring())}


def _clean() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name in LET_IN or name.startswith(LET_IN_FAMILIES)}
    env["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return env


def _failed_checks(env: dict[str, str]) -> list[str]:
    failed = []
    for name, command in CHECKS.items():
        print(f"Checking: {name}", flush=True)
        if subprocess.run([BIN / command[0], *command[1:]], env=env).returncode:
            failed.append(name)
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as problem:
        stop(f"This failed: {Path(problem.cmd[0]).name} {' '.join(map(str, problem.cmd[1:]))}")
