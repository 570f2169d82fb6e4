"""The mail server of the tests takes mail, and fails as told."""

import smtplib
from email.message import EmailMessage

import pytest

from tests.support.mail import Fault, SmtpSink


@pytest.fixture
def sink():
    with SmtpSink() as listening:
        yield listening


def send(sink: SmtpSink, words: str = "Follow-up due 14:05 · L-1042 · open", seconds: float = 5) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "crm@example.org", "cora@example.org", "Follow-up due"
    message.set_content(words)
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=seconds) as line:
        line.send_message(message)


def test_what_was_sent_is_kept_word_for_word(sink):
    send(sink)

    (mail,) = sink.wait_for(1)
    assert mail.sender == "crm@example.org"
    assert mail.recipients == ("cora@example.org",)
    assert mail.text.strip() == "Follow-up due 14:05 · L-1042 · open"


def test_a_fault_is_for_one_message(sink):
    sink.fail_next(Fault.TRY_LATER, Fault.REJECT)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as later:
        send(sink)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as never:
        send(sink)
    send(sink)

    assert later.value.recipients["cora@example.org"][0] == 451
    assert never.value.recipients["cora@example.org"][0] == 550
    assert len(sink.received) == 1


def test_a_dropped_line_leaves_the_sender_in_doubt_though_the_mail_arrived(sink):
    sink.fail_next(Fault.DROP)

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink)

    assert len(sink.received) == 1


def test_a_hanging_server_keeps_the_sender_waiting(sink):
    sink.fail_next(Fault.HANG)

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(sink, seconds=0.5)

    assert len(sink.received) == 1


def test_a_refusing_server_comes_back_on_the_same_port(sink):
    sink.refuse()
    with pytest.raises(ConnectionRefusedError):
        send(sink)

    sink.accept()
    send(sink)

    assert len(sink.received) == 1
