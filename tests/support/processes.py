"""The service's own programs as real processes: started, listened to, killed, and never left running."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent

PR_SET_PDEATHSIG = 1

T = TypeVar("T")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(ask: Callable[[], T], seconds: float, what: str = "it to happen") -> T:
    """The first answer that is true. Raises TimeoutError naming `what`, AssertionError and others of `ask` at once."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds} s for {what}.")
        time.sleep(0.02)
    return answer


class Running:
    """A program and all it started, one process group. As a context it is killed at the end."""

    def __init__(self, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        """Standard output and standard error so far."""
        handle = self._log.fileno()
        return os.pread(handle, os.fstat(handle).st_size, 0).decode(errors="replace")

    def wait_for_port(self, port: int, seconds: float = 20) -> None:
        """Until it listens on 127.0.0.1. Raises RuntimeError with what it said when it ends instead."""
        wait_until(lambda: self._listens(port), seconds, f"port {port}")

    def stop(self, how: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """Ask it to end, as an operator would; its exit code. Raises subprocess.TimeoutExpired when it does not."""
        self.process.send_signal(how)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """kill -9, it and everything it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        self.kill()
        if error:
            error.add_note(f"{self.process.args} said:\n{self.said}")

    def _listens(self, port: int) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args} ended with {self.process.returncode}:\n{self.said}")
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", port)) == 0


def spawn(command: list[str], env: Mapping[str, str]) -> Running:
    """Start `crm serve` or another program with these settings and none of the tests' own surroundings but PATH."""
    program = shutil.which(command[0], path=f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}") or command[0]
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    log = tempfile.TemporaryFile()  # noqa: SIM115 - nameless: nothing is left of it even when the tests are killed
    process = subprocess.Popen(
        [program, *command[1:]],
        env={**surroundings, "PYTHONUNBUFFERED": "1", **env},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_us,
    )
    return Running(process, log)


def die_with_us(how: signal.Signals = signal.SIGKILL) -> None:
    """Runs in the child before the program: when the tests are killed, the kernel sends it this signal."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)
