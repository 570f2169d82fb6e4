"""One mail to one person by SMTP. Nothing else in the service opens a connection to the outside."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from crm.models import Message
from crm.outbox.words import body, subject
from crm.programme import programme

TIMEOUT = 10.0  # seconds for each answer of the mail server


class TryLater(Exception):
    """The mail server cannot take it now: no connection, or a temporary answer. The text names no person."""


class GiveUp(Exception):
    """The mail server will never take it. The text names no person."""


def compose(message: Message, at: datetime) -> EmailMessage:
    """The mail of a notice. Its Message-ID is the message's own, so that a mail sent twice is known as one."""
    config = programme()
    mail = EmailMessage(policy=SMTP)
    mail["From"] = config.mail_from
    mail["To"] = Address(addr_spec=message.to.email)
    if config.mail_reply_to:
        mail["Reply-To"] = config.mail_reply_to
    mail["Subject"] = subject(message, at)
    mail["Message-ID"] = f"<{message.ref}@{urlsplit(config.base_url).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body(message, at))
    return mail


class Carrier:
    """A connection to the mail server, opened at the first mail and used for all of a batch."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail over; returns when the server has taken it. Raises TryLater or GiveUp."""
        try:
            self._server = self._server or _connect(programme().smtp_url)
            self._server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            self.close()
            raise (GiveUp if error.smtp_code >= 500 else TryLater)(f"the server answered {error.smtp_code}") from error
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            code = next(iter(error.recipients.values()))[0]
            raise (GiveUp if code >= 500 else TryLater)(f"the server answered {code}") from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise TryLater(f"no answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Hang up; a server that has gone already does not matter."""
        server, self._server = self._server, None
        if server:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()


@contextmanager
def carrier() -> Iterator[Carrier]:
    """A carrier for one batch."""
    mine = Carrier()
    try:
        yield mine
    finally:
        mine.close()


def _connect(smtp_url: str) -> smtplib.SMTP:
    url = urlsplit(smtp_url)
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, url.port or (587 if url.scheme == "smtp+starttls" else 25), timeout=TIMEOUT)
    if url.scheme == "smtp+starttls":
        server.starttls(context=ssl.create_default_context())  # refuses a certificate that is not the host's
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
