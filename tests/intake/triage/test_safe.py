"""Never raised, never slow, never an all-clear: the fail-safe, the cost, and what a ticked answer says."""

import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from crm.intake.triage import LEVELS, assess, context, reader
from crm.intake.triage.context import cues
from crm.intake.triage.matching import Places, Steps, TooLong
from crm.intake.triage.reading import read
from crm.intake.triage.rules import rule_book
from crm.intake.triage.weights import weigh
from tests.support.hostile import hostile

MOST_CALLS = 30  # a character


def test_an_error_inside_makes_a_message_urgent_and_not_assessed(monkeypatch: pytest.MonkeyPatch, caplog):
    def broken(*asked: object) -> None:
        raise KeyError("my secret words")

    monkeypatch.setattr(reader, "find", broken)
    found = assess("my secret words")

    assert (found.level, found.assessed, found.lead, found.priority) == ("urgent", False, True, "P1")
    assert "secret" not in caplog.text


def test_a_text_that_is_too_long_is_urgent_and_its_beginning_still_counts():
    calm = "Do you have a weekly group? " * 1000
    danger = "I am going to kill myself tonight. " + calm

    assert (assess(calm).level, assess(calm).assessed) == ("urgent", False)
    assert (assess(danger).level, assess(danger).assessed) == ("crisis", False)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "👍", "\u202e", "'" * 50, '"' * 51, "12", "?!", "ñ", "́"])
def test_odd_texts_are_no_error_and_nobodys_all_clear(text: str):
    found = assess(text)

    assert found.assessed
    assert found.level == "routine"


@pytest.mark.parametrize("text", [
    "Помогите, пожалуйста, мой сын не дышит", "我想自杀", "मेरा बेटा सांस नहीं ले रहा है",
    "Bonjour, je voudrais savoir si vous avez une place pour mon fils, merci beaucoup",
])
def test_a_language_we_cannot_read_is_said_to_be_one(text: str):
    found = assess(text)

    assert found.language == "other"
    assert found.lead
    assert LEVELS.index(found.level) <= LEVELS.index("routine")
    assert found.priority in ("P0", "P1", "P2")


@pytest.mark.parametrize(("label", "chosen", "level", "danger"), [
    ("Are you in danger right now?", "Yes", "crisis", "violence"),
    ("Are you thinking about suicide?", "yes", "crisis", "suicide"),
    ("How urgent is it?", "Somebody has overdosed today", "crisis", "overdose"),
    ("I drank daily and stopped", "on", "urgent", "withdrawal"),
    ("¿Está en peligro ahora?", "Sí", "crisis", "violence"),
    ("Do you feel safe at home?", "No", "crisis", "violence"),
])
def test_an_answer_beats_the_text(label: str, chosen: str, level: str, danger: str):
    found = assess("Do you have a weekly group?", {label: chosen})

    assert (found.level, found.dangers) == (level, (danger,))


@pytest.mark.parametrize(("label", "chosen"), [
    ("Are you in danger right now?", "No"), ("Are you thinking about suicide?", "no, never"),
    ("I drank daily and stopped", ""), ("Do you feel safe at home?", "Yes"), ("Best time to call", "today after five"),
])
def test_an_answer_that_says_nothing_changes_nothing(label: str, chosen: str):
    calm = "Do you have a weekly group?"

    assert assess(calm, {label: chosen}).dangers == ()


def test_an_answer_makes_a_lead_of_an_advert():
    assert assess("SEO backlinks for your website", {"Are you in danger right now?": "Yes"}).level == "crisis"


def test_the_work_grows_with_the_length_and_not_faster():
    """Every beginning of every rule, over and over: four times the text takes about four times the steps."""
    for line in attacks():
        short, long = steps(line, 1_500), steps(line, 6_000)
        assert long <= 6 * short + 2_000, line[:60]


def test_a_pattern_that_looks_everywhere_again_would_be_caught(monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant: for each place, all places are looked through."""
    together = Places._together

    def slow(self, pattern):
        self.steps.take(len(self._sequence(pattern.needed[0])) ** 2)
        return together(self, pattern)

    monkeypatch.setattr(Places, "_together", slow)

    with pytest.raises(AssertionError):
        test_the_work_grows_with_the_length_and_not_faster()


@pytest.mark.parametrize("name", hostile())
def test_no_text_makes_it_work_more_than_its_length(name: str):
    """Everything it does, counted in calls and not in time: so many a character, and twice the text twice as many."""
    text = hostile()[name]
    short, long = calls(text[:len(text) // 2]), calls(text)

    assert long <= MOST_CALLS * len(text)
    assert long <= 2.5 * short + 2_000


def test_asking_each_word_of_the_past_for_each_place_would_be_caught(monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant: what we did once, four times the bar."""
    def each(span, edges) -> int:
        return min((max(start - span[1], span[0] - end, 0) for start, end in zip(*(edges or ((), ())), strict=True)),
                   default=context.NOWHERE)

    monkeypatch.setattr(context, "_nearest", each)

    with pytest.raises(AssertionError):
        test_no_text_makes_it_work_more_than_its_length("asked and past")


def test_nothing_takes_more_than_the_limit():
    for line in attacks():
        found = assess((line * 20_000)[:20_000])
        assert LEVELS.index(found.level) <= LEVELS.index("urgent") or found.assessed
    with pytest.raises(TooLong):
        Steps(10).take(11)


def attacks() -> Iterator[str]:
    """For every rule, the words its patterns begin with; and what makes careless matchers slow."""
    book = rule_book()
    for rule in book.rules:
        first = [sequence.parts[0] for pattern in rule.patterns for sequence in pattern.needed]
        words = [sorted(part.words)[0] for part in first if part.words][:40]
        yield " ".join(words or ["no"]) + " "
    yield from ("not ", "i took the pills tonight and ", "💊", "'", "a", "no, no. ", "12 ", "my mom my dad ", "\u0301")


def steps(line: str, length: int) -> int:
    """The counted steps for so many characters of it."""
    counted = Steps(10**9)
    book = rule_book()
    places = reader.places_of(read((line * length)[:length], book.speller.known), book, counted)
    said = cues(places)
    reader.find(places, said, book)
    weigh(places, said)
    return counted.taken


def calls(text: str) -> int:
    """How many functions and generators run, ours and Python's own, to assess it: the same number on every machine."""
    counted = Counter[str]()
    rule_book()  # the rules are read once
    before = sys.getprofile()
    sys.setprofile(lambda _frame, event, _asked: counted.update((event,)))
    try:
        assess(text)
    finally:
        sys.setprofile(before)
    return counted["call"] + counted["c_call"]
