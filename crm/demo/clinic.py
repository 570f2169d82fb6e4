"""The demo clinic: what is planned for its people is done with the real verbs, as of the moments when it happened."""

import heapq
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from urllib.parse import urlencode

from sqlalchemy import select, update

from crm.assigning.actions import assign
from crm.db import db
from crm.demo import cast
from crm.demo.colleagues import hire
from crm.demo.people import CALL, EMAIL, TEXT, Someone
from crm.demo.plots import LATER_NOTES, NOTES
from crm.demo.stories import Contact, Days, Due, Episode, contacts, mail_address, phone
from crm.followups import actions as followups
from crm.followups.contacts import NextStep, log_attempt
from crm.intake.actions import release
from crm.intake.arrivals import read_now, receive_form
from crm.intake.channels.form import FIELDS, HIDDEN
from crm.intake.channels.json import CONTENT_TYPE
from crm.intake.delivery import Delivery
from crm.intake.keeping import WEBSITE, keep, standing
from crm.leads.actions import change_status, write_note
from crm.lifecycle import Move, open_promises
from crm.lifecycle.workflow import DEMO_MARK, calendar, forget
from crm.models import Lead, Message, Setting, Source, Staff
from crm.sources.actions import add_source

SEED = 1042  # the demo is the same clinic each time, seen from another now
BEGAN = timedelta(days=75)  # how long ago the clinic opened its books
NOTICED = timedelta(hours=2)  # notices older than this have been read, and their mail has gone out
CHANNELS = (("cedar-house", "Cedar House referrals"), ("espanol", "Página en español"), ("alumni", "Alumni page"))
MACHINES = ("Rank higher on every search page, first month free.", "We buy old medical equipment, best prices paid.")

Act = Callable[[datetime], None]


class NotEmpty(Exception):
    """There is somebody in the database already."""


def signers_in() -> Sequence[dict[str, str]]:
    """Role, e-mail and password of everybody in this demo; none when the database is no demo."""
    mark = db.session.get(Setting, DEMO_MARK)
    return mark.value["people"] if mark else []


def is_empty() -> bool:
    """Whether nobody works here and nobody has written."""
    return db.session.scalar(select(Staff.id).limit(1)) is None and db.session.scalar(select(Lead.id).limit(1)) is None


def open_clinic(at: datetime) -> Sequence[dict[str, str]]:
    """Fill an empty database with the clinic as it stands at this moment; gives who may sign in. Raises NotEmpty."""
    if not is_empty():
        raise NotEmpty
    staff, people = hire(at - BEGAN)
    db.session.add(Setting(key=DEMO_MARK, value={"people": people}))
    Clinic(staff, at).live()
    _settle_old_notices(at)
    db.session.flush()
    forget()
    return people


class Clinic:
    """Everything that happened, in the order in which it happened."""

    def __init__(self, staff: dict[str, Staff], at: datetime) -> None:
        self.staff = staff
        self.at = at
        self.days = Days(calendar(), at)
        self.agenda: list[tuple[datetime, int, Act]] = []
        self.turns, self.numbers = count(), count()
        standing(WEBSITE, at - BEGAN)
        self.sources = {slug: add_source("json", name, slug, None, at - BEGAN)[0] for slug, name in CHANNELS}

    def live(self) -> None:
        """Plan everybody's story, then let it happen."""
        for who, how, since in cast.waiting(self.at):
            self._plan_newcomer(who, how, since)
        for episode in cast.episodes():
            self._plan(episode)
        for place, message in enumerate(MACHINES):
            self._on(self.at - timedelta(hours=5 + 30 * place), partial(_machine, message))
        while self.agenda:
            moment, _, act = heapq.heappop(self.agenda)
            act(moment)

    def _on(self, at: datetime, act: Act) -> None:
        heapq.heappush(self.agenda, (at, next(self.turns), act))

    def _plan_newcomer(self, who: Someone, how: str, since: float) -> None:
        player = Player(self, who)
        if how == "fresh":
            self._on(self.days.fresh(since), player.writes)
            return
        wrote = self.days.unanswered(since if how == "waits" else 90)
        self._on(wrote, player.writes)
        if how == "put-off":
            due = self.days.due(Due("today", since), who, player.chance)
            if due:
                self._on(wrote + timedelta(minutes=7), partial(player.is_put_off, due))

    def _plan(self, episode: Episode) -> None:
        player = Player(self, episode.who, episode)
        wrote, tries = contacts(episode, self.days, player.chance)
        self._on(wrote, player.writes)
        for one in tries:
            self._on(one.at, partial(player.is_tried, one))
            if one.moved_at and one.next_at:
                self._on(one.moved_at, partial(player.is_put_off, one.next_at))


class Player:
    """One person of the clinic, and what is done for them."""

    def __init__(self, clinic: Clinic, who: Someone, episode: Episode | None = None) -> None:
        self.clinic = clinic
        self.who = who
        self.episode = episode
        self.number = next(clinic.numbers)
        self.chance = Random(f"{SEED} {who.name}")  # noqa: S311  a story, not a secret
        self.intake = clinic.staff[self.chance.choice(("priya", "jo"))]
        self.lead: Lead | None = None

    def writes(self, at: datetime) -> None:
        """Their message arrives on one of the channels."""
        source = self._source()
        if source is None:
            kept = receive_form(Delivery(self._typed(), FIELDS), at)
        else:
            kept = keep(source.id, Delivery(self._entry(), CONTENT_TYPE, external_id=str(self.number)), at)
        submission = read_now(kept, at)
        self.lead = submission.lead
        if submission.state == "held":  # it read like no lead, and somebody at intake saw that a person wrote it
            self.lead = release(submission, self.intake, at + timedelta(minutes=3))
        if self.lead is None:
            raise RuntimeError(f"{self.who.name} was not understood: {submission.why}")

    def is_tried(self, contact: Contact, at: datetime) -> None:
        """Somebody tries to reach them; after the first conversation they get their coach, then what it led to."""
        lead = self._lead
        by = lead.coach if lead.coach and contact.then not in ("started", "referred", "closed") else self.intake
        first = contact.first_at or contact.next_at
        step = NextStep(first, contact.next_channel, contact.why)
        note = self.chance.choice(NOTES.get(contact.outcome, ("",)))
        log_attempt(lead, contact.channel, contact.outcome, note, step, by, at)
        if contact.outcome == "spoke" and self.chance.random() < 0.2:
            write_note(lead, self.chance.choice(LATER_NOTES), by, at)
        if self.episode and self.episode.coach and lead.first_two_way_at and not lead.coach:
            assign(lead, self.clinic.staff[self.episode.coach], self.intake, at)
        if contact.then:
            change_status(lead, self._move(contact.then, by, at), "")

    def is_put_off(self, due: datetime, at: datetime) -> None:
        """They asked for another time."""
        waiting = open_promises(self._lead)
        if waiting and at < due:
            followups.move(waiting[0], due, self._lead.coach or self.intake, at)

    @property
    def _lead(self) -> Lead:
        assert self.lead is not None  # they wrote before anything else happened
        return self.lead

    def _move(self, to: str, by: Staff, at: datetime) -> Move:
        days, who, chance = self.clinic.days, self.who, self.chance
        here = self.clinic.at
        if self.episode and self.episode.plot == "assessment":
            booked = days.on_another_day(chance.choice((1, 2, 3, 4)), who, chance)
        else:
            booked = max(days.working(at + timedelta(days=3), who, chance), at + timedelta(hours=2))
        return Move(
            to=to, by=by, at=at, reason=self.episode.reason if self.episode and to == "closed" else None,
            discharge_on=(here + timedelta(days=chance.randint(1, 9))).date() if to == "leaving" else None,
            assessment_at=booked if to == "assessment" else None,
            started_on=(at + timedelta(days=chance.randint(1, 6))).date() if to == "started" else None,
            referred_to="A program near them that has room" if to == "referred" else None,
            next_at=days.on_another_day(chance.randint(9, 40), who, chance) if to == "later" else None,
            agreed=to == "later",
        )

    def _source(self) -> Source | None:
        if self.who.for_whom == "client":
            return self.clinic.sources["cedar-house"]
        elif self.who.language == "es":
            return self.clinic.sources["espanol"]
        elif self.number % 6 == 0:
            return self.clinic.sources["alumni"]
        else:
            return None

    def _typed(self) -> bytes:
        who = self.who
        typed = {"for": who.for_whom, "name": who.name, "state": who.state, "via": who.via, "phone": self._phone,
                 "email": self._email, "vm": who.voicemail, "when": who.best, "msg": who.message, "ok": "y"}
        return urlencode(typed, doseq=True).encode()

    def _entry(self) -> bytes:
        who = self.who
        consent = {"kind": "contact", "granted": True, "text": "You may contact me about this message."}
        return json.dumps({
            "for": who.for_whom, "name": who.name, "state": who.state, "via": list(who.via), "phone": self._phone,
            "email": self._email, "voicemail": who.voicemail, "best_time": list(who.best), "message": who.message,
            "language": who.language, "consents": [consent],
        }).encode()

    @property
    def _phone(self) -> str:
        return phone(self.who, self.number) if {CALL, TEXT} & set(self.who.via) else ""

    @property
    def _email(self) -> str:
        return mail_address(self.who) if EMAIL in self.who.via else ""


def _machine(message: str, at: datetime) -> None:
    typed = {"for": "self", "name": "Best Offers", "email": "offers@example.org", "msg": message, HIDDEN: "offers"}
    read_now(receive_form(Delivery(urlencode(typed).encode(), FIELDS), at), at)


def _settle_old_notices(at: datetime) -> None:
    old = Message.created_at < at - NOTICED
    db.session.flush()
    db.session.execute(update(Message).where(old, Message.channel == "app").values(read_at=Message.created_at))
    db.session.execute(
        update(Message).where(old, Message.channel == "email").values(state="sent", sent_at=Message.created_at, tries=1)
    )
