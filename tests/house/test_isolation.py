"""Nobody can learn that somebody else exists: every page x every role x one's own, another's, nobody's and no lead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import true
from werkzeug.routing import Rule

from crm import access
from crm.access import ROLES, Permission
from crm.clock import now
from crm.models import Attempt, FollowUp, ImportRun, Likeness, Note, Submission
from crm.web.locks import lock_of

NOWHERE = "AAAAAAAAAAAAAAAAAAAAAA"
CANARY = "Zqxcanary"
# What a word in an address stands for when it is not a reference.
OTHER_WORDS = {"slug": "nobody", "name": "everyone", "token": "no-such-token", "filename": "css/lantern.css"}


@dataclass(frozen=True)
class Case:
    """One request of the matrix."""

    who: str
    method: str
    address: str
    whose: str


@pytest.fixture
def clinic(app: Flask, a_lead, a_followup, people, writing, as_) -> "Clinic":
    """Cora has Sam; Cole has Ben; nobody has Ann. Everything about Ben and Ann carries a canary."""
    app.config["WTF_CSRF_ENABLED"] = False
    leads = {
        "own": a_lead("Sam Poe", coach="cora"),
        "other": a_lead(f"Ben {CANARY}", coach="cole", message=f"{CANARY} wrote this", phone="(720) 555-0177",
                        email=f"{CANARY.lower()}@example.org"),
        "unassigned": a_lead(f"Ann {CANARY}", message=f"{CANARY} too", phone="(720) 555-0178", email=None),
    }
    refs: dict[tuple[str, str], str] = {}
    for whose, lead in leads.items():
        promise = a_followup(lead, due=now(), owner={"own": "cora", "other": "cole"}.get(whose, ""))
        refs |= {("leads", whose): lead.ref, ("follow-ups", whose): promise.ref}
        refs |= _around(lead, whose, people, writing)
    _alike(leads, writing)
    yield Clinic(app, {name: as_(name) for name in ("ida", "cora", "ada")} | {"nobody": as_(None)}, refs)
    app.config["WTF_CSRF_ENABLED"] = True


def _alike(leads: dict[str, Any], writing: Callable[[], Any]) -> None:
    """Everybody may be the same as somebody whom a coach must not know of."""
    with writing():
        from crm.db import db

        ids = sorted(lead.id for lead in leads.values())
        for a, b in combinations(ids, 2):
            db.session.add(Likeness(a_id=a, b_id=b, score=90, is_household=b - a == 1, found_at=now(),
                                    reasons=[f"“{CANARY}” fits"], against=[]))


def _around(lead: Any, whose: str, people: dict[str, Any], writing: Callable[[], Any]) -> dict[tuple[str, str], str]:
    by = people["cole" if whose == "other" else "ida"]
    with writing():
        from crm.db import db

        note = Note(lead_id=lead.id, by_id=by.id, at=now())
        note.body = f"{CANARY if whose != 'own' else 'A'} note"
        attempt = Attempt(lead_id=lead.id, by_id=by.id, at=now(), channel="call", outcome="no_answer", two_way=False,
                          status_before=lead.status_key)
        db.session.add_all([note, attempt])
        db.session.flush()
        submission = db.session.query(Submission).filter_by(lead_id=lead.id).one()
        run = ImportRun(source_id=submission.source_id, state="done", shape={"header": []}, mapping={},
                        time_zone="UTC", waiting=False, made_at=now())
        db.session.add(run)
        db.session.flush()
        return {("attempts", whose): attempt.ref, ("held", whose): submission.ref, ("settings", whose): run.ref}


@dataclass(frozen=True)
class Clinic:
    """The application, a browser for each person, and the references of everything by kind and by whose it is."""

    app: Flask
    clients: dict[str, FlaskClient]
    refs: dict[tuple[str, str], str]

    def ask(self, case: Case) -> Any:
        """Make the request; posts carry nothing but what every form could."""
        return self.clients[case.who].open(case.address, method=case.method, data={} if case.method == "POST" else None)


ROLE_OF = {"ida": "intake", "cora": "coach", "ada": "admin"}
EVERYBODY = {"own", "other", "unassigned"}
REACHES = {"ida": EVERYBODY, "ada": EVERYBODY, "cora": {"own"}, "nobody": set()}


def faults(clinic: Clinic) -> list[str]:
    """Every request of the matrix that was answered otherwise than the permissions say."""
    wrong = []
    for case, permission in _matrix(clinic):
        answer = clinic.ask(case)
        if not _as_it_should(case, permission, answer, clinic):
            wrong.append(f"{case.who} {case.method} {case.address} ({case.whose}): {answer.status_code}")
    return wrong


def canaries(clinic: Clinic) -> list[str]:
    """Every page, count, search and export in which Cora meets a name that is not hers."""
    addresses = {case.address for case, _ in _matrix(clinic) if case.method == "GET" and case.who == "cora"}
    addresses |= {f"/reports/{name}.csv" for name in ("everyone", "first-reply", "follow-ups")}
    addresses |= {f"/reports/everyone/people?part={part}" for part in ("wrote", "tried", "spoke")}
    addresses |= {"/people?show=ended", "/people?show=all", "/notifications"}
    cora, seen = clinic.clients["cora"], []
    for address in sorted(addresses):
        body = cora.get(address).get_data(as_text=True)
        if any(word in body for word in (CANARY, CANARY.lower(), "555-0177", "555-0178", "7205550177")):
            seen.append(address)
        seen += [f"{address} {ref}" for (_, whose), ref in clinic.refs.items()
                 if whose != "own" and ref in body and ref not in address]
    found = cora.post("/queue/search", data={"q": CANARY}, follow_redirects=True).get_data(as_text=True)
    return seen + (["search"] if f"Ben {CANARY}" in found else [])


def test_every_page_answers_as_the_permissions_say(clinic: Clinic):
    assert faults(clinic) == []


def test_a_coach_never_meets_a_foreign_name(clinic: Clinic):
    assert canaries(clinic) == []


def test_a_question_that_forgets_its_start_is_caught(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant: one condition forgotten in `access`, and both tests turn red."""
    monkeypatch.setattr(access, "visible", lambda viewer: true())

    assert faults(clinic)
    assert canaries(clinic)


def test_one_list_that_forgets_its_start_is_caught(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant in its smallest form: only the list of promises forgets who is looking."""
    from sqlalchemy import select

    monkeypatch.setattr(access, "visible_follow_ups", lambda viewer: select(FollowUp).join(FollowUp.lead))

    assert faults(clinic)


def _matrix(clinic: Clinic) -> Iterator[tuple[Case, Permission | None]]:
    for rule in sorted(clinic.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        _, permission = lock_of(clinic.app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for who in clinic.clients:
                # Whatever changes or ends the clinic for the cases after it is tried by strangers only.
                if rule.rule in ("/sign-out", "/queue/next") and who != "nobody":
                    continue
                for whose in _whose(rule, clinic):
                    if method == "POST" and whose in REACHES[who]:
                        continue  # the acts themselves have tests of their own; here only who is kept out
                    yield Case(who, method, _address(rule, whose, clinic), whose), permission


def _whose(rule: Rule, clinic: Clinic) -> tuple[str, ...]:
    """Of what is about a person: everybody's. Of what is about nobody, such as an import: only one that never was."""
    if "<ref>" not in rule.rule:
        return ("none",)
    about_people = {kind for kind, _ in clinic.refs}
    return ("missing", "own", "other", "unassigned") if rule.rule.split("/")[1] in about_people else ("missing",)


def _address(rule: Rule, whose: str, clinic: Clinic) -> str:
    kind = rule.rule.split("/")[1]
    address = rule.rule.replace("<ref>", clinic.refs.get((kind, whose), NOWHERE))
    if "other" in rule.arguments:  # a second lead, beside the first
        beside = clinic.refs["leads", "own" if whose == "unassigned" else "unassigned"]
        address = address.replace("<other>", beside)
    for word in rule.arguments - {"ref", "other"}:
        address = address.replace(f"<{word}>", OTHER_WORDS[word]).replace(f"<path:{word}>", OTHER_WORDS[word])
    return address


def _as_it_should(case: Case, permission: Permission | None, answer: Any, clinic: Clinic) -> bool:
    if answer.status_code >= 500 and case.address != "/readyz":
        return False
    if permission is None:
        return True
    if case.who == "nobody":
        return answer.status_code == (303 if case.method == "GET" else 401)
    if ROLE_OF[case.who] not in ROLES[permission]:
        return answer.status_code == 403
    if case.whose == "none":
        return answer.status_code != 403
    if case.whose in REACHES[case.who]:
        return answer.status_code not in (403, 404)
    nothing_there = clinic.ask(Case(case.who, case.method, case.address.replace(_ref_in(case, clinic), NOWHERE), ""))
    return answer.status_code == 404 and answer.data == nothing_there.data


def _ref_in(case: Case, clinic: Clinic) -> str:
    return next((ref for ref in clinic.refs.values() if ref in case.address), NOWHERE)
