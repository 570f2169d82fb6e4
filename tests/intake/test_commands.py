"""`crm source add` and `crm submissions`."""

import argparse
import csv
import io

import pytest

from crm.cli import Refusal, source, submissions


@pytest.fixture
def crm(app, capsys):
    """`crm("source", "add", …)`: run the command on the test's database; what it printed."""

    def run(*words):
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        source.register(commands)
        submissions.register(commands)
        args = parser.parse_args(words)
        with app.app_context():
            assert args.run(args) == 0
        return capsys.readouterr().out

    return run


def test_a_source_is_added_and_its_secret_opens_the_door(crm, visitor):
    slug, secret = crm("source", "add", "json", "--name", "St. Mary's Détox").splitlines()

    assert slug == "slug=st-marys-detox" and secret.startswith("secret=")
    answer = visitor.post("/api/v1/submissions", json={"message": "x"},
                          headers={"Authorization": f"Bearer {secret.removeprefix('secret=')}"})
    assert answer.status_code == 201


def test_a_slug_can_be_chosen_once(crm):
    assert "slug=main-site" in crm("source", "add", "json", "--name", "Site", "--slug", "main-site")
    with pytest.raises(Refusal, match="main-site is taken"):
        crm("source", "add", "json", "--name", "Other", "--slug", "main-site")


@pytest.mark.parametrize("words", [
    ("--name", "Website"), ("--name", " "), ("--name", "x" * 101), ("--name", "A", "--slug", "Not A Slug"),
    ("--name", "日本"), ("--name", "A", "--slug", "x" * 61),
])
def test_what_cannot_be_a_source_is_refused_in_words(crm, words):
    with pytest.raises(Refusal):
        crm("source", "add", "json", *words)


def test_everything_a_source_brought_is_listed(crm, deliver, send):
    deliver({"message": "first, with \"quotes\"", "external_id": "e,1"})
    deliver({"message": "second"})
    rows = list(csv.DictReader(io.StringIO(crm("submissions", "--source", "partner"))))

    assert [row["external_id"] for row in rows] == ["e,1", ""]
    assert {row["state"] for row in rows} == {"understood"} and all(row["lead"] for row in rows)
    assert rows[0]["received_at"].endswith("+00:00")
    send(website="machine", msg="Do you take Aetna?")
    held = list(csv.DictReader(io.StringIO(crm("submissions", "--source", "website"))))
    assert [(row["state"], row["lead"]) for row in held] == [("held", "")]


def test_an_unknown_source_is_refused(crm):
    with pytest.raises(Refusal):
        crm("submissions", "--source", "nowhere")
