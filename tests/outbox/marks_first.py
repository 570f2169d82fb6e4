"""The known-bad worker of the kill test: it marks mail as sent, then sends it. Run as a program of its own."""

import sys
import time

from sqlalchemy import select, update

from config import from_environment
from crm import create_app
from crm.clock import now
from crm.db import commit, db
from crm.followups.reminders import remind_due
from crm.models import Message
from crm.outbox.mail import carrier, compose


def work() -> None:
    """Tick for ever."""
    while True:
        remind_due(now())
        some = select(Message.id).where(Message.state == "waiting", Message.channel == "email").limit(50)
        batch = db.session.scalars(select(Message).where(Message.id.in_(some))).all()
        mails = [compose(message, now()) for message in batch]
        db.session.execute(update(Message).where(Message.id.in_([one.id for one in batch])).values(state="sent"))
        commit()
        with carrier() as server:
            for mail in mails:
                server.send(mail)
        if not batch:
            time.sleep(0.2)


if __name__ == "__main__":
    with create_app(from_environment()).app_context():
        sys.exit(work())
