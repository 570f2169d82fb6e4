"""My notices: newest first, without a name, leading only where I may go; they stay until I have read them."""

import re
from typing import Any

import pytest

from crm import outbox
from crm.clock import now
from crm.db import db
from crm.models import Lead, Staff
from crm.staff import queries
from tests.staff.conftest import token_of


@pytest.fixture
def told(writing, people) -> Any:
    """`told("cora", "assigned", sam)`: Cora was told something about Sam."""

    def tell(name: str, kind: str, lead: Any = None, key: str = "", **facts: Any) -> None:
        with writing():
            staff = db.session.get_one(Staff, people[name].id)
            about = db.session.get_one(Lead, lead.id) if lead else None
            outbox.post(kind, staff, now(), key or f"{kind}:{lead.id if lead else ''}", lead=about, **facts)

    return tell


def test_cora_reads_what_she_was_told(as_, a_lead, told):
    sam = a_lead("Sam Poe", coach="cora")
    told("cora", "assigned", sam)
    told("cora", "follow-up-due", sam, due_at="2026-11-24T19:05:00Z")
    cora = as_("cora")

    page = cora.get("/notifications").get_data(as_text=True)

    assert page.index("Follow-up due") < page.index("New person for you")
    assert sam.number in page and f'href="/leads/{sam.ref}"' in page
    assert "Sam" not in page
    assert 'data-count="unread">2<' in page

    done = cora.post("/notifications/read", data={"csrf_token": token_of(cora, "/notifications")})
    assert (done.status_code, done.location) == (303, "/notifications")
    page = cora.get("/notifications").get_data(as_text=True)
    assert 'data-count="unread"' not in page and "New person for you" in page


def test_coles_notices_are_coles(as_, a_lead, told):
    sam = a_lead("Sam Poe", coach="cole")
    told("cole", "assigned", sam)

    page = as_("cora").get("/notifications").get_data(as_text=True)

    assert "Nothing to tell you" in page
    assert sam.number not in page


def test_reading_hers_leaves_his_unread(as_, a_lead, told):
    told("cole", "assigned", a_lead("Sam Poe", coach="cole"))
    cora, cole = as_("cora"), as_("cole")
    cora.post("/notifications/read", data={"csrf_token": token_of(cora, "/account")})

    assert 'data-count="unread">1<' in cole.get("/notifications").get_data(as_text=True)


def test_no_way_to_a_lead_that_is_somebody_elses_now(as_, a_lead, told):
    sam = a_lead("Sam Poe", coach="cole")
    told("cora", "assigned", sam)
    told("ida", "assigned", sam)

    assert sam.ref not in as_("cora").get("/notifications").get_data(as_text=True)
    assert sam.ref in as_("ida").get("/notifications").get_data(as_text=True)


def test_page_after_page_each_notice_once(as_, a_lead, told, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 4)
    sam = a_lead("Sam Poe", coach="cora")
    for number in range(9):
        told("cora", "assigned", sam, key=f"number {number}")
    cora, address, seen = as_("cora"), "/notifications", []
    while address:
        page = cora.get(address).get_data(as_text=True)
        seen.append(page.count(f'href="/leads/{sam.ref}"'))
        further = re.search(r'rel="next" href="([^"]+)"', page)
        address = further[1] if further else ""

    assert seen == [4, 4, 1]


@pytest.mark.parametrize("before", ["", "-1", "x", "9" * 40, "1.5", "٣", "0"])
def test_a_strange_page_is_some_page(as_, before: str):
    assert as_("cora").get("/notifications", query_string={"before": before}).status_code == 200
