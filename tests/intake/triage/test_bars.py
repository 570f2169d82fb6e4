"""How well the levels agree with a person's, on messages we may read; and that the bars can be missed."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from crm.intake.triage import assess, weights
from crm.intake.triage.findings import RISK_SIGNALS

from .conftest import Labelled, labelled, score

NAIVE = ("suicide", "suicidal", "overdose", "kill", "die", "dead", "withdrawal", "seizure", "emergency", "help")


def test_the_development_messages_are_rated_well_enough(dev: Sequence[Labelled]):
    assert score(dev).failures == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_in_each_language(dev: Sequence[Labelled], language: str):
    assert score([message for message in dev if message.language == language]).failures == []


def test_our_own_harder_messages_are_rated_well_enough(ours: Sequence[Labelled]):
    """No promise that none slips below urgent where nothing is said outright: the other four bars hold."""
    below = [words for words in score(ours).failures if "crisis rated routine" not in words]
    missed, total = score(ours).share(["crisis"], ["routine", "none"])

    assert below == []
    assert missed <= total * 0.05  # docs/domain.md, "Triage": the share of missed danger we report and work on


def test_a_list_of_ten_words_does_not_do(dev: Sequence[Labelled]):
    """The known-bad variant: the same bars, missed."""
    def naive(text: str) -> str:
        return "crisis" if any(word in text.lower() for word in NAIVE) else "routine"

    failures = score(dev, naive).failures

    assert any("crisis rated crisis" in words for words in failures)
    assert any("crisis rated routine" in words for words in failures)


def test_without_what_was_learned_the_rules_alone_do_not_do(monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant: nothing weighs anything, on messages that the rules were not made on."""
    monkeypatch.setattr(weights, "weights", lambda: {"": (-100, -100, 0)})

    assert any("urgent rated urgent" in words for words in score(labelled("c.jsonl")).failures)


def test_calm_people_wait_their_turn():
    """Our own demo clinic's messages: nobody in them is in danger, and hardly anybody cannot wait."""
    calm = [message for message in labelled("calm.jsonl") if message.level == "routine"]
    rated = [assess(message.text).level for message in calm]

    assert "crisis" not in rated
    assert "none" not in rated
    assert rated.count("urgent") <= len(calm) * 0.12


def test_staff_are_shown_risks_only_and_a_few():
    for file in ("dev.jsonl", "a.jsonl", "b.jsonl", "c.jsonl", "calm.jsonl"):
        for message in labelled(file):
            shown = assess(message.text).findings
            assert all(one.signal in RISK_SIGNALS for one in shown)
            assert len(shown) <= 8
            assert all(one.end <= other.start for one, other in pairwise(shown))


def test_danger_is_rare_where_a_person_saw_none(dev: Sequence[Labelled]):
    """The alarm must be calm and rare: it follows danger signals, not the level."""
    alarms = {level: [message.id for message in dev if message.level == level and assess(message.text).dangers]
              for level in ("crisis", "urgent", "routine", "none")}
    print({level: len(found) for level, found in alarms.items()})

    assert len(alarms["crisis"]) == 20
    assert len(alarms["urgent"]) <= 25 * 0.6
    assert len(alarms["routine"]) + len(alarms["none"]) <= 1


@pytest.mark.parametrize("text", [
    "I relapsed yesterday and I need a meeting.",
    "They discharge me from rehab tomorrow and I have no plan.",
    "I have nowhere to sleep tonight.",
    "Court is on Thursday and I need a letter.",
    "recaí ayer, necesito hablar con alguien",
])
def test_urgent_is_not_danger(text: str):
    found = assess(text)

    assert (found.level, found.dangers, found.priority) == ("urgent", (), "P1")


@pytest.mark.parametrize(("text", "kind"), [
    ("We noticed your website loads slowly. Our SEO team can rank you first on Google.", "spam"),
    ("Are you hiring? My resume is attached.", "job"),
    ("I'm a journalist writing an article about overdoses. Who handles press?", "media"),
    ("hola, ¿es la pizzería? quiero hacer un pedido", "wrong_number"),
    ("testing the form, please ignore", "test"),
    ("asdfgh qwrtz", "test"),
    ("Please unsubscribe me from the newsletter.", "other"),
])
def test_what_is_not_a_lead(text: str, kind: str):
    found = assess(text)

    assert (found.level, found.lead, found.not_a_lead) == ("none", False, kind)


@pytest.mark.parametrize("wrapped", [
    "Applying for the night position, resume attached. {}",
    "Quote for SEO services for your website from $99. {}",
    "I'm a student writing a paper for class. {}",
    "Please unsubscribe me. {}",
    "Do you take Aetna? {}",
])
@pytest.mark.parametrize("danger", [
    "I took all my pills an hour ago.",
    "My son is not breathing right and his lips are blue.",
    "I am going to kill myself tonight.",
    "Mi esposo me amenazó con un cuchillo y me encerré en el baño.",
])
def test_danger_is_danger_whatever_it_is_wrapped_in(wrapped: str, danger: str):
    found = assess(wrapped.format(danger))

    assert found.level == "crisis"
    assert found.lead
    assert found.dangers
