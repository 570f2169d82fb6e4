"""The whole request body is read before any page runs, bounded in size and time, and then pages run a few at a time.

The server hands a chunked body over as it arrives and cuts it silently at the limit; a slow one would hold a seat.
"""

import io
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

# The longest message we take (10,000 characters of four bytes, percent-encoded) fits, with room for the other fields.
LIMIT = 128 * 1024  # bytes
PIECE = 16 * 1024
DEADLINE = 20.0  # seconds for the whole body
SEATS = 4  # pages running at once in a process: more threads only fight for the interpreter

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class BodyFirst:
    """WSGI: read the body, take a seat, run the application."""

    def __init__(self, application: Application, limit: int = LIMIT, seats: int = SEATS) -> None:
        self.application = application
        self.limit = limit
        self.seats = _Seats(seats)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = self._read(environ)
        except _Refused as refused:
            return refused.answer(environ, start_response)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self.seats:
            return self.application(environ, start_response)

    def _read(self, environ: Environ) -> bytes:
        said = environ.get("CONTENT_LENGTH") or ""
        if said and not said.isdecimal():
            raise _Refused("400 Bad Request", "The length of the request makes no sense.")
        if said and int(said) > self.limit:
            raise _Refused("413 Content Too Large", "That is more than we can take at once.")
        wanted = int(said) if said else self.limit + 1
        if not said and not environ.get("HTTP_TRANSFER_ENCODING") and not environ.get("wsgi.input_terminated"):
            wanted = 0
        body = self._pieces(environ["wsgi.input"], wanted)
        if said and len(body) < wanted:
            # The line broke half-way: half a message is not what somebody wrote.
            raise _Refused("400 Bad Request", "The message did not arrive whole. Please send it again.")
        return body

    def _pieces(self, stream: Any, wanted: int) -> bytes:
        body, started = bytearray(), time.monotonic()
        while len(body) < wanted:
            piece = stream.read(min(PIECE, wanted - len(body)))
            if not piece:
                break
            body += piece
            if time.monotonic() - started > DEADLINE:
                raise _Refused("408 Request Timeout", "The message did not arrive in time. Please send it again.")
        if len(body) > self.limit:
            raise _Refused("413 Content Too Large", "That is more than we can take at once.")
        return bytes(body)


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
