"""My people: who has heard nothing from us for longest stands first; a coach's own, and whom intake answers for."""

import re
from datetime import timedelta

from crm.clock import now
from crm.followups import queries

DAY = timedelta(days=1)


def names(page: str) -> list[str]:
    return re.findall(r'class="who"[^>]*>([^<]+)<', page.split('class="people"')[1])


def test_whoever_has_heard_nothing_for_longest_stands_first(as_, a_lead):
    a_lead("Ben Castellano", coach="cora", received=now() - 2 * DAY)
    a_lead("Rob O.", coach="cora", received=now() - 13 * DAY)
    a_lead("Ines P.", coach="cora", received=now() - 30 * DAY, last_touch_at=now() - DAY, last_touch="spoke")

    page = as_("cora").get("/people").text

    assert names(page) == ["Rob O.", "Ben Castellano", "Ines P."]
    assert "Quiet 13 days" in page and 'data-count="people">3<' in page


def test_only_my_own(as_, a_lead):
    a_lead("Cole's One", coach="cole")
    a_lead("Ida's One", owner="ida")

    assert "One" not in as_("cora").get("/people").text
    assert names(as_("ida").get("/people").text) == ["Ida&#39;s One"]
    assert as_("ada").get("/people").status_code == 403


def test_pages_show_everybody_once(as_, a_lead, monkeypatch):
    monkeypatch.setattr(queries.my_people, "__defaults__", (False, None, 3))
    same_day = now() - DAY
    for number in range(7):
        a_lead(f"Sam {number}", coach="cora", received=same_day, due=None)
    cora, seen, path = as_("cora"), [], "/people"
    while path:
        page = cora.get(path).text
        seen += names(page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        path = further[1].replace("&amp;", "&") if further else None

    assert sorted(seen) == [f"Sam {number}" for number in range(7)]


def test_a_page_that_makes_no_sense_is_the_first_one(as_, a_lead):
    a_lead("Sam Poe", coach="cora")

    for after in ("x", "2026-11-24T09:00~1", "~", "2026-11-24T09:00Z~x", "9999-12-31T23:59Z~" + "9" * 40):
        assert as_("cora").get("/people", query_string={"after": after}).status_code == 200


def test_nobody_yet_has_words(as_):
    assert "Nobody is yours yet" in as_("cora").get("/people").text
    assert "Nobody of yours has ended" in as_("cora").get("/people?show=ended").text
