"""One mail to one person by SMTP. Nothing else in the service opens a connection to the outside."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from crm.models import Message
from crm.outbox.words import body, subject
from crm.programme import programme

TIMEOUT = 8.0  # seconds for each answer of the mail server; some five make a mail


class TryLater(Exception):
    """The mail server cannot take it now: no connection, or a temporary answer. The text names no person."""


class Unreachable(TryLater):
    """The mail server cannot be spoken to at all, or does not know us: nothing is wrong with the mail itself."""


class GiveUp(Exception):
    """This mail will never be taken. The text names no person."""


def compose(message: Message, at: datetime) -> EmailMessage:
    """The mail of a notice. Its Message-ID is the message's own, so that a mail sent twice is known as one.

    Raises GiveUp when nobody should get it any more, or when it cannot be put into words or addressed.
    """
    config = programme()
    if not message.reader.is_active:
        raise GiveUp("the account it was for is disabled")
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = config.mail_from
        mail["To"] = Address(addr_spec=message.reader.email)
        if config.mail_reply_to:
            mail["Reply-To"] = config.mail_reply_to
        mail["Date"] = at
        mail["Subject"] = subject(message, at)
        mail["Message-ID"] = f"<{message.ref}@{urlsplit(config.base_url).hostname}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body(message, at))
    except (ValueError, KeyError, HeaderParseError) as error:
        raise GiveUp(f"it could not be written ({type(error).__name__})") from error
    return mail


class Carrier:
    """A connection to the mail server, opened at the first mail and used for all of a batch."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail over; returns when the server has taken it. Raises TryLater, Unreachable or GiveUp."""
        self._server = self._server or self._reach()
        try:
            self._server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(max(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPSenderRefused as error:  # it is our own address it does not like: a setting to be mended
            raise Unreachable(f"the server refused MAIL_FROM with {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise TryLater(f"the connection was lost ({type(error).__name__})") from error

    def _reach(self) -> smtplib.SMTP:
        try:
            return _connect(programme().smtp_url)
        except smtplib.SMTPResponseException as error:
            raise Unreachable(f"the server answered {error.smtp_code} before any mail") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"the server could not be reached ({type(error).__name__})") from error

    def close(self) -> None:
        """Hang up; a server that has gone already does not matter."""
        server, self._server = self._server, None
        if server:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()


def _refused(code: int) -> TryLater | GiveUp:
    return GiveUp(f"the server answered {code}") if code >= 500 else TryLater(f"the server answered {code}")


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
    # Our public name: else the library asks the network what this machine is called, and says it in every mail.
    name = urlsplit(programme().base_url).hostname
    if url.scheme == "smtps":
        context = ssl.create_default_context()  # refuses a certificate that is not the host's
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, name, timeout=TIMEOUT, context=context)
    else:
        port = url.port or (587 if url.scheme == "smtp+starttls" else 25)
        server = smtplib.SMTP(host, port, name, timeout=TIMEOUT)
    if url.scheme == "smtp+starttls":
        server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
