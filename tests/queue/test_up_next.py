"""Up next: each open lead once, by the move we owe first."""

import re
from datetime import timedelta

from crm.clock import now

HOUR = timedelta(hours=1)


def names(answer) -> list[str]:
    return re.findall(r'<a class="who" href="[^"]*">([^<]*)</a>', answer.text)


def test_the_oldest_promise_is_first_and_everyone_once(as_, a_lead, a_followup):
    sam = a_lead("Sam Poe", received=now() - HOUR)
    a_lead("Ann Doe", received=now() - 3 * HOUR)
    a_followup(sam, due=now() + HOUR)

    page = as_("ida").get("/queue")

    assert names(page) == ["Ann Doe", "Sam Poe"]
    assert "2</span> people to reach today" in page.text
