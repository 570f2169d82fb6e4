"""A mail server that keeps what it gets, and misbehaves on request."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.processes import free_port, wait_until


class Fault(Enum):
    """What goes wrong with one message."""

    TRY_LATER = "451 4.3.0 Please try again later"
    REJECT = "550 5.1.1 No such mailbox"
    DROP = "taken in full, but the line goes dead before the sender hears so"
    HANG = "taken in full, and never answered"


@dataclass(frozen=True)
class Mail:
    """A message the server accepted, with the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """Its plain words."""
        body = self.message.get_body(("plain",))
        return body.get_content() if body else ""


class SmtpSink:
    """Listens on a free port of 127.0.0.1 from the first moment; as a context it is closed at the end."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._received: list[Mail] = []
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._controller: Controller | None = None
        self.accept()

    @property
    def received(self) -> list[Mail]:
        """Everything taken in so far, in order; a dropped or hanging message is among it, for it did arrive."""
        with self._lock:
            return list(self._received)

    def wait_for(self, count: int, seconds: float = 10) -> list[Mail]:
        """At least so many messages. Raises TimeoutError."""
        return wait_until(lambda: (got := self.received)[count - 1 :] and got, seconds, f"{count} messages")

    def fail_next(self, *faults: Fault) -> None:
        """The next messages meet these faults, one each; after them all is well again."""
        with self._lock:
            self._faults.extend(faults)

    def refuse(self) -> None:
        """Stop listening: a sender's connection is refused."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def accept(self) -> None:
        """Listen (again), on the same port."""
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=2**20)
            self._controller.start()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd calls this for each recipient."""
        with self._lock:
            fault = self._faults[0] if self._faults else None
            if fault in (Fault.TRY_LATER, Fault.REJECT):
                self._faults.popleft()
                return str(fault.value)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd calls this when a message is complete."""
        message = message_from_bytes(envelope.content, EmailMessage, policy=policy.default)
        with self._lock:
            self._received.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), message))
            fault = self._faults.popleft() if self._faults else None
        if fault is Fault.DROP:
            server.transport.abort()
        elif fault is Fault.HANG:
            await asyncio.Event().wait()
        return "250 OK"

    def __enter__(self) -> SmtpSink:
        return self

    def __exit__(self, *_how: object) -> None:
        self.refuse()
