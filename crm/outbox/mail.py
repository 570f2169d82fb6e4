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
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from crm.models import Message
from crm.outbox.discreet import telling_words, without_addresses
from crm.outbox.letters import acknowledgement, sender_name
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
    """The mail of a message. Its Message-ID is the message's own, so that a mail sent twice is known as one.

    Raises GiveUp when nobody should get it any more, when it cannot be put into words or addressed, or when it would
    tell why somebody wrote to us.
    """
    mail = EmailMessage(policy=SMTP)
    try:
        if message.to is None:
            _to_who_wrote(mail, message, at)
        else:
            _to_one_of_us(mail, message, at)
        mail["Date"] = at
        # The host is our own, and may tell: no mail can go without it.
        mail["Message-ID"] = f"<{message.ref}@{urlsplit(programme().base_url).hostname}>"
    except (ValueError, KeyError, HeaderParseError) as error:
        raise GiveUp(f"it could not be written ({type(error).__name__})") from error
    return mail


def _to_one_of_us(mail: EmailMessage, message: Message, at: datetime) -> None:
    """A notice: text only."""
    if not message.reader.is_active:
        raise GiveUp("the account it was for is disabled")
    name, address = parseaddr(programme().mail_from)
    # Nobody may miss a reminder over a name in a setting: a name that tells is left out.
    mail["From"] = Address("" if telling_words(name) else name, addr_spec=address)
    mail["To"] = Address(addr_spec=message.reader.email)
    _reply_to(mail)
    mail["Subject"] = subject(message, at)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body(message, at))


def _to_who_wrote(mail: EmailMessage, message: Message, at: datetime) -> None:
    """The acknowledgement, as text and as HTML. What they want now counts, not what they wanted when it was posted."""
    person, letter, sender = message.person, acknowledgement(message, at), sender_name()
    addresses = [point.value for point in person.contact_points if point.kind == "email"] if person else []
    if person is None or person.may_email != "yes" or not addresses:
        raise GiveUp("no e-mail is wanted any more, or there is no address")
    if not programme().mail_reply_to and not programme().organisation_phone:
        raise GiveUp("nobody would hear a “stop”: set MAIL_REPLY_TO")
    if not sender:
        raise GiveUp("the sender has no discreet name: give MAIL_FROM one")
    if told := telling_words("\n".join([sender, letter.subject, without_addresses(letter.text)])):
        raise GiveUp(f"it would tell why they wrote ({', '.join(told)}): see MAIL_FROM and ORGANISATION_PHONE")
    mail["From"] = Address(sender, addr_spec=parseaddr(programme().mail_from)[1])
    mail["To"] = Address(addr_spec=addresses[0])
    _reply_to(mail)
    mail["Subject"] = letter.subject
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")


def _reply_to(mail: EmailMessage) -> None:
    """The watched mailbox, by its address alone: its name may tell."""
    if programme().mail_reply_to:
        mail["Reply-To"] = Address(addr_spec=parseaddr(programme().mail_reply_to)[1])


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
