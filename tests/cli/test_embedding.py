"""Somebody connects a Gravity form with nothing but docs/embedding.md: every command of it, run as it stands there."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from tests.support.postgres import Server
from tests.support.service import Service, a_service

PAGE = (ROOT / "docs" / "embedding.md").read_text()
HOST = "https://lantern.example.org"
ALL_FIELDS = (ROOT / "tests" / "data" / "vendors" / "gravity_all.json").read_text()


@pytest.fixture(scope="module")
def service(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Lantern as it was just set up."""
    ours = a_service("sqlite", server, tmp_path_factory.mktemp("embedding"))
    with ours.serve():
        yield ours


@pytest.fixture(scope="module")
def secret(service: Service) -> str:
    """What the first command of the page prints."""
    (command,) = re.findall(r"^ +crm (source add gravity-forms .+)$", PAGE, re.MULTILINE)
    slug, secret = re.fullmatch(r"slug=(.+)\nsecret=(.+)\n", service.crm(*shlex.split(command))).groups()
    assert f"`slug={slug}`" in PAGE and f"{HOST}/hooks/{slug}`" in PAGE
    return secret


def curl(service: Service, secret: str, *more: str, body: str | None = None) -> tuple[int, dict]:
    """The `curl` of the page, with our address and secret in it; its status and what it said."""
    (command,) = re.findall(r"^ +(curl .+?\}')$", PAGE, re.MULTILINE | re.DOTALL)
    words = shlex.split(command.replace("\\\n", " ").replace(HOST, service.address).replace("SECRET", secret))
    words[words.index("-d") + 1] = body or words[words.index("-d") + 1]
    said = subprocess.run([*words, *more, "-s"], capture_output=True, text=True, timeout=30, check=True).stdout
    head, _, told = said.replace("\r\n", "\n").partition("\n\n")
    return int(head.split()[1]), json.loads(told) if told.startswith("{") else {}


def test_the_try_answers_as_the_page_says_and_twice_the_same(service: Service, secret: str):
    status, told = curl(service, secret)

    assert status == 200 and told["ok"] is True and set(told) == {"id", "ok"}
    assert curl(service, secret) == (200, told)


def test_an_entry_as_the_add_on_sends_it_becomes_somebody_to_answer(service: Service, secret: str):
    status, _ = curl(service, secret, body=ALL_FIELDS)

    assert status == 200
    rows = service.crm("submissions", "--source", "website-form")
    assert re.search(r"^3:4187,.+,understood,.+$", rows, re.MULTILINE), "form 3, entry 4187"


@pytest.mark.parametrize(("shown", "address", "status"), [
    ("", "", 401), ("wrong", "", 401), (None, "/hooks/never-was", 404), (None, "GET", 405),
])  # fmt: skip
def test_what_goes_wrong_answers_as_the_page_says(service: Service, secret: str, shown, address, status):
    said = ["-X", "GET"] if address == "GET" else []
    if address.startswith("/"):
        said += ["--url", service.address + address, "-o", "/dev/null", "-w", "%{http_code}"]
        assert _last_status(service, secret, said) == status
    else:
        assert curl(service, secret if shown is None else shown, *said)[0] == status
    assert f"`{status}`" in PAGE


def test_the_other_header_is_taken_too(service: Service, secret: str):
    assert curl(service, "wrong", "-H", f"X-Webhook-Token: {secret}")[0] == 200


def test_a_new_secret_and_the_old_one_are_both_good(service: Service, secret: str):
    (command,) = re.findall(r"`crm (source secret .+?)`", PAGE)
    renewed = service.crm(*shlex.split(command)).split("secret=")[1].strip()

    assert renewed != secret
    assert curl(service, renewed)[0] == curl(service, secret)[0] == 200


def _last_status(service: Service, secret: str, more: list[str]) -> int:
    words = ["curl", "-s", "-X", "POST", "-H", f"Authorization: Bearer {secret}", *more]
    return int(subprocess.run(words, capture_output=True, text=True, timeout=30, check=True).stdout)


def test_the_settings_it_names_are_there():
    operating = Path(ROOT / "docs" / "operating.md").read_text()

    assert "FRAME_ANCESTORS" in operating and "FRAME_ANCESTORS" in PAGE
