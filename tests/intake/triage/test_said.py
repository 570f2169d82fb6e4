"""How a thing is said: a "no" lowers by a step and never silences, and some words hold a "no" without meaning one."""

from collections.abc import Sequence

import pytest

from crm.intake.triage import DANGER_SIGNALS, LEVELS, Assessment, assess, reader

from .conftest import Labelled

# The words hold a negation and deny nothing.
NOT_DENIED = [
    "I don't want to live", "I can't stop thinking about suicide", "I'm not only suicidal but I have the pills here",
    "I no longer want to be here", "I'm not suicidal but I have a plan", "I've never been this suicidal",
    "I don't know if I'll make it", "It's not that I'm not suicidal", "There's no narcan left",
    "Without alcohol I get seizures",
    "He stopped breathing", "she's not breathing", "he won't wake up", "I can't not kill myself",
    "not sure I'll make it to morning",
    "no quiero vivir", "ya no quiero estar aquí", "no puedo dejar de pensar en matarme", "mi hijo no respira",
    "no despierta",
    "I don't want to be alive anymore", "nothing can stop me from killing myself tonight",
    "No, I took all of them", "I didn't sleep, and I want to kill myself",
    "not suicidal. just done. the pills are counted",
]
# Denied, past, of another day or topic: a mention that stays visible, and at most urgent.
DENIED = [
    ("suicidal? no. I want a group", "suicide"), ("I am not suicidal, I only want a weekly group", "suicide"),
    ("Patient denies suicidal ideation and overdose. Please call about groups.", "suicide"),
    ("I was suicidal ten years ago. Do you have groups?", "suicide"),
    ("I overdosed in 2015 and have been clean since. What does coaching cost?", "overdose"),
    ("No overdose, no relapse, I would like information about groups", "overdose"),
    ("no he tenido sobredosis, quisiera informes del grupo", "overdose"),
    ("hace ocho años tuve una sobredosis, ¿tienen grupos?", "overdose"),
    ("niega ideación suicida, ¿a quién refiero al paciente?", "suicide"),
    ("I used to cut myself as a teen, now I look for a group", "self_harm"),
    ("I overdosed on coffee today. Do you have evening groups?", "overdose"),
    ("I'm not pregnant anymore, my daughter is two. Are there groups for mothers?", "pregnant"),
]
ASKED = "Hello, do you have a weekly group in the evening? "


@pytest.mark.parametrize("text", NOT_DENIED)
def test_a_no_that_denies_nothing(text: str):
    assert assess(text).level in ("crisis", "urgent")


@pytest.mark.parametrize(("text", "signal"), DENIED)
def test_a_denial_is_a_mention_and_not_an_all_clear(text: str, signal: str):
    found = assess(text)

    assert holds_the_floor(found, signal)
    assert found.level in ("urgent", "routine")
    assert found.lead
    assert signal not in found.dangers


def test_stopped_breathing_is_not_stopped_drinking():
    assert assess("He stopped breathing.").level == "crisis"
    assert assess("He stopped drinking three years ago. Do you have a couples group?").level == "routine"


def test_not_suicidal_lowers_nothing_but_that():
    assert assess("I'm not suicidal. My husband is not breathing and his lips are blue.").level == "crisis"
    assert assess("I'm not suicidal, I relapsed last night.").level == "urgent"


@pytest.mark.parametrize("text", [
    "My dad used to overdose all the time. Tonight he won't wake up.",
    "Years ago I tried to kill myself. It's back, and I have a plan for tomorrow.",
])
def test_what_is_past_does_not_hide_what_is_now(text: str):
    assert assess(text).level == "crisis"


def test_a_finding_in_a_pasted_article_says_so():
    text = 'I read this in an article: "Suicide and overdose are rising." Do you have a reading group?'
    found = assess(text)

    assert {one.context for one in found.findings if one.signal in ("suicide", "overdose")} == {"quoted"}
    assert (found.level, found.priority) == ("routine", "P2")


def test_silencing_a_denied_finding_would_be_caught(monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant: a finding with a context is thrown away, and the mention is gone."""
    def silent(*asked: object) -> list[object]:
        return [one for one in find(*asked) if not one.finding.context]  # type: ignore[arg-type]

    find = reader.find
    monkeypatch.setattr(reader, "find", silent)

    assert not all(holds_the_floor(assess(text), signal) for text, signal in DENIED)


def test_calm_people_are_hardly_ever_shown_a_danger_of_today(dev: Sequence[Labelled]):
    assert shown_a_danger(dev) <= 2


def test_no_context_would_be_caught(monkeypatch: pytest.MonkeyPatch, dev: Sequence[Labelled]):
    """The known-bad variant: nothing is ever denied, past or an idiom."""
    monkeypatch.setattr(reader, "label", lambda *asked: "")

    assert shown_a_danger(dev) > 2


@pytest.mark.parametrize("text", [text for text, _ in DENIED])
def test_a_danger_beside_a_denial_keeps_its_level(text: str):
    assert assess(text + ". I took all my pills tonight.").level == "crisis"


def shown_a_danger(messages: Sequence[Labelled]) -> int:
    """How many calm messages hold a finding of danger that nothing says is past, denied or an idiom."""
    return sum(
        any(one.signal in DANGER_SIGNALS and not one.context for one in assess(message.text).findings)
        for message in messages if message.level == "routine"
    )


def holds_the_floor(found: Assessment, signal: str) -> bool:
    """The mention is still there to see, and the message does not sink to P3."""
    mentioned = any(one.signal == signal and one.signal in DANGER_SIGNALS for one in found.findings)
    return mentioned and found.priority in ("P0", "P1", "P2") and LEVELS.index(found.level) <= 2
