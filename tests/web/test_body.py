"""The body of a request is read first, whole, within its limits; then pages run a few at a time, first come."""

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crm.web import body
from crm.web.body import LIMIT, BodyFirst
from tests.support.postgres import Server
from tests.support.processes import free_port, spawn, wait_until
from tests.support.service import Service, a_service

Answer = tuple[str, dict[str, str], bytes]


def ask(application: Callable[..., Any], stream: Any, **environ: str) -> Answer:
    """One POST over bare WSGI."""
    said: list[Any] = []
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": "/contact", "wsgi.input": stream, **environ}
    words = b"".join(application(asked, lambda status, headers: said.extend((status, dict(headers)))))
    return said[0], said[1], words


def how_much(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """A page that says how many bytes came."""
    start_response("200 OK", [])
    return [str(len(environ["wsgi.input"].read())).encode()]


class Untouched(io.BytesIO):
    """A body that must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("read a body that was too long by its own words")


class Trickle:
    """A body that comes a byte at a time."""

    def __init__(self, pause: float) -> None:
        self.pause = pause

    def read(self, _size: int) -> bytes:
        time.sleep(self.pause)
        return b"x"


def test_a_body_too_long_by_its_own_words_is_not_even_read():
    status, headers, words = ask(BodyFirst(how_much), Untouched(), CONTENT_LENGTH=str(LIMIT + 1))

    assert status.startswith("413") and headers["Connection"] == "close"
    assert b"Nothing was saved" in words


@pytest.mark.parametrize("in_chunks", [False, True])
def test_the_limit_itself_passes_and_one_byte_more_does_not(in_chunks: bool):
    fits, over = (
        ask(BodyFirst(how_much), io.BytesIO(b"x" * size), **({"HTTP_TRANSFER_ENCODING": "chunked"} if in_chunks else
                                                             {"CONTENT_LENGTH": str(size)}))
        for size in (LIMIT, LIMIT + 1)
    )

    assert (fits[0], fits[2]) == ("200 OK", str(LIMIT).encode())
    assert over[0].startswith("413")


@pytest.mark.parametrize("nonsense", ["-1", "ten", "1e3", "0x10"])
def test_a_length_that_makes_no_sense_is_refused(nonsense):
    assert ask(BodyFirst(how_much), Untouched(), CONTENT_LENGTH=nonsense)[0].startswith("400")


def test_half_a_message_is_no_message():
    assert ask(BodyFirst(how_much), io.BytesIO(b"I need he"), CONTENT_LENGTH="11")[0].startswith("400")
    assert ask(BodyFirst(how_much), io.BytesIO(b"I need help"), CONTENT_LENGTH="11")[2] == b"11"


def test_a_request_without_a_body_is_not_waited_for():
    assert ask(BodyFirst(how_much), Untouched())[2] == b"0"


def test_a_body_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(body, "DEADLINE", 0.1)

    slow = ask(BodyFirst(how_much), Trickle(0.03), CONTENT_LENGTH="1000")
    quick = ask(BodyFirst(how_much), Trickle(0), CONTENT_LENGTH="100")

    assert slow[0].startswith("408") and b"send it again" in slow[2]
    assert quick[2] == b"100"


def test_machines_are_refused_in_their_own_words():
    _, headers, words = ask(BodyFirst(how_much), Untouched(), CONTENT_LENGTH="999999", PATH_INFO="/api/v1/submissions")

    assert headers["Content-Type"] == "application/problem+json"
    assert b'"status":413' in words


@pytest.mark.parametrize(("seats", "most"), [(2, 2), (6, 6)])
def test_pages_run_a_few_at_a_time_in_the_order_they_came(seats: int, most: int):
    inside: list[int] = []
    came: list[int] = []
    crowd: list[int] = []
    leave = [threading.Event() for _ in range(6)]

    def page(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        number = environ["NUMBER"]
        inside.append(number)
        crowd.append(len(inside))
        came.append(number)
        assert leave[number].wait(10)
        inside.remove(number)
        return how_much(environ, start_response)

    first = BodyFirst(page, seats=seats)
    callers = []
    for number in range(6):
        callers.append(threading.Thread(target=ask, args=(first, io.BytesIO()), kwargs={"NUMBER": number}))
        callers[-1].start()
        settled = number + 1
        wait_until(lambda so_far=settled: len(came) + len(first.seats._line) == so_far, 5, "the caller to sit or stand")
    for number in range(6):
        leave[number].set()
        wait_until(lambda gone=number: gone not in inside and len(came) >= min(6, seats + gone + 1), 5, "the next")
    for caller in callers:
        caller.join(10)

    assert came == [0, 1, 2, 3, 4, 5]
    assert max(crowd) == most


def test_a_page_that_breaks_gives_its_seat_back():
    def breaking(_environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        raise ValueError

    first = BodyFirst(breaking, seats=1)
    for _ in range(3):
        with pytest.raises(ValueError):
            ask(first, io.BytesIO())


# Over a real line: today's servers cut a chunked body silently at the limit that Flask was told.

BELIEVING = """
from flask import Flask, request
app = Flask("believing")
app.config["MAX_CONTENT_LENGTH"] = {limit}

@app.post("/contact")
def page():
    return str(len(request.get_data()))
"""


@pytest.fixture(scope="module")
def service(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = a_service("sqlite", server, tmp_path_factory.mktemp("service"))
    with made.serve():
        yield made


def send(port: int, head: str, *pieces: bytes) -> bytes:
    """Raw bytes over a socket; the first line of the answer and what follows it."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            line.sendall(head.replace("\n", "\r\n").encode())
            for piece in pieces:
                line.sendall(piece)
            line.shutdown(socket.SHUT_WR) if not pieces else None
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it had all been said
        answer = b""
        while piece := _receive(line):
            answer += piece
            if b"\r\n\r\n" in answer:
                break
        return answer


def _receive(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except ConnectionResetError:
        return b""


def chunked(size: int) -> list[bytes]:
    whole = [b"2000\r\n" + b"a" * 0x2000 + b"\r\n" for _ in range(size // 0x2000)]
    rest = size % 0x2000
    return [*whole, *([b"%x\r\n" % rest + b"a" * rest + b"\r\n"] if rest else []), b"0\r\n\r\n"]


CHUNKED = ("POST /contact HTTP/1.1\nHost: localhost\nContent-Type: application/x-www-form-urlencoded\n"
           "Transfer-Encoding: chunked\nConnection: close\n\n")


def test_a_chunked_body_past_the_limit_is_refused_by_the_real_server(service):
    assert send(service.port, CHUNKED, *chunked(LIMIT + 1)).startswith(b"HTTP/1.1 413")
    assert send(service.port, CHUNKED, *chunked(3 * LIMIT)).startswith(b"HTTP/1.1 413")
    assert not send(service.port, CHUNKED, *chunked(200)).startswith((b"HTTP/1.1 413", b"HTTP/1.1 5"))


def test_flasks_own_limit_would_believe_the_first_part(tmp_path):
    """The known-bad variant: the page runs on a part of the body, or on none of it, and answers 200."""
    (tmp_path / "believing.py").write_text(BELIEVING.format(limit=LIMIT))
    port = free_port()
    with spawn(["granian", "--interface", "wsgi", "--port", str(port), "believing:app"],
               {"PYTHONPATH": str(tmp_path)}) as running:
        running.wait_for_port(port)
        answer = send(port, CHUNKED, *chunked(3 * LIMIT))

    assert answer.startswith(b"HTTP/1.1 200")


def test_a_length_past_the_limit_is_refused_before_it_is_sent(service):
    head = f"POST /contact HTTP/1.1\nHost: localhost\nContent-Length: {LIMIT + 1}\nConnection: close\n\n"

    assert send(service.port, head, b"").startswith(b"HTTP/1.1 413")
