"""The whole request body is read before any page runs, bounded in size and time, and then pages run a few at a time.

The server hands a chunked body over as it arrives and cuts it silently at the limit; a slow one would hold a seat.
"""

import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import IO, Any

# The longest message we take (10,000 characters of four bytes, percent-encoded) fits, with room for the other fields.
LIMIT = 128 * 1024  # bytes
LIMITS = {  # of what comes below these addresses: a whole file of people, and what a vendor's long form delivers
    "/settings/import": 50 * 1024 * 1024,
    "/hooks/": 256 * 1024,
}
IN_MEMORY = 512 * 1024  # bytes; what is longer waits in a file without a name
PIECE = 16 * 1024
DEADLINE = 20.0  # seconds for the whole body
DEADLINE_OF_A_FILE = 600.0  # 50 MB at a slow line's 100 KB a second
SEATS = 4  # pages running at once in a process: more threads only fight for the interpreter

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def limit_for(path: str, usual: int = LIMIT) -> int:
    """The longest body, in bytes, that is taken at this address."""
    known = (limit for at, limit in LIMITS.items() if path == at or (at.endswith("/") and path.startswith(at)))
    return next(known, usual)


class BodyFirst:
    """WSGI: read the body, take a seat, run the application."""

    def __init__(self, application: Application, limit: int = LIMIT, seats: int = SEATS) -> None:
        self.application = application
        self.limit = limit
        self.seats = _Seats(seats)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body, length = self._read(environ)
        except _Refused as refused:
            return refused.answer(environ, start_response)
        with body:
            environ["wsgi.input"] = body
            environ["CONTENT_LENGTH"] = str(length)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            with self.seats:
                return self.application(environ, start_response)

    def _read(self, environ: Environ) -> tuple[IO[bytes], int]:
        limit = limit_for(environ.get("PATH_INFO", ""), self.limit)
        said = environ.get("CONTENT_LENGTH") or ""
        if said and not said.isdecimal():
            raise _Refused("400 Bad Request", "The length of the request makes no sense.")
        if said and int(said) > limit:
            raise _Refused("413 Content Too Large", "That is more than we can take at once.")
        wanted = int(said) if said else limit + 1
        if not said and not environ.get("HTTP_TRANSFER_ENCODING") and not environ.get("wsgi.input_terminated"):
            wanted = 0
        body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the page reads it; it closes when that is done
        try:
            length = self._fill(body, environ["wsgi.input"], wanted, limit)
            if said and length < wanted:
                # The line broke half-way: half a message is not what somebody wrote.
                raise _Refused("400 Bad Request", "The message did not arrive whole. Please send it again.")
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body, length

    def _fill(self, body: IO[bytes], stream: Any, wanted: int, limit: int) -> int:
        length, started = 0, time.monotonic()
        deadline = DEADLINE if limit <= IN_MEMORY else DEADLINE_OF_A_FILE
        while length < wanted:
            piece = stream.read(min(PIECE, wanted - length))
            if not piece:
                break
            body.write(piece)
            length += len(piece)
            if time.monotonic() - started > deadline:
                raise _Refused("408 Request Timeout", "The message did not arrive in time. Please send it again.")
        if length > limit:
            raise _Refused("413 Content Too Large", "That is more than we can take at once.")
        return length


class _Refused(Exception):
    """A body that never reaches a page."""

    def __init__(self, status: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words

    def answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        as_json = environ.get("PATH_INFO", "").startswith(("/api/", "/hooks/"))
        kind = "application/problem+json" if as_json else "text/plain; charset=utf-8"
        code, title = self.status.split(" ", 1)
        body = f'{{"type":"about:blank","title":"{title}","status":{code},"detail":"{self.words}"}}'
        text = body if as_json else f"{self.words} Nothing was saved; your browser's Back button keeps your text.\n"
        start_response(self.status, [
            ("Content-Type", kind), ("Content-Security-Policy", "default-src 'none'"), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Connection", "close"),
        ])
        return [text.encode()]


class _Seats:
    """A few seats, given in the order people came (a plain semaphore lets the late overtake)."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._guard = threading.Lock()
        self._line: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if self._free and not self._line:
                self._free -= 1
                return
            mine = threading.Event()
            self._line.append(mine)
        mine.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1
