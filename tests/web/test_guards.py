"""Requests that no page should ever see, and reading pages that cannot write."""

import time

import pytest

from crm.models import Setting
from crm.web import guards

FORM = "application/x-www-form-urlencoded"
EVIL = "evil.example.org"


@pytest.mark.parametrize("host", [EVIL, "localhost.evil.example.org", "localhost:80@evil.example.org", "", "a b"])
def test_a_forged_host_is_refused_and_not_repeated(house, host):
    for path in ("/contact", "/sign-in", "/odd/page", "/odd/elsewhere", "/nowhere", "/api/v1/submissions"):
        answer = house.test_client().get(path, headers={"Host": host})

        assert answer.status_code == 400
        assert EVIL not in answer.text + str(answer.headers)


def test_our_own_names_are_answered(house):
    for host in ("localhost", "localhost:8000", "127.0.0.1"):
        assert house.test_client().get("/contact", headers={"Host": host}).status_code == 200


def test_what_a_proxy_says_counts_only_where_there_is_one(open_house):
    forwarded = {"X-Forwarded-Host": EVIL, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}

    alone = open_house().test_client().get("/contact", headers=forwarded)
    behind = open_house(proxy_hops=1).test_client().get("/contact", headers=forwarded)

    assert alone.status_code == 200 and EVIL not in alone.text
    assert behind.status_code == 400, "a trusted proxy's word is taken, and checked"


def test_a_flood_of_fields_is_refused_at_once(house, visit):
    ida = visit("ida")
    began = time.monotonic()

    many = ida.post("/odd/form", data="a=1&" * 200_000, content_type=FORM)
    small = ida.post("/odd/form", data="&" * 100_000, content_type=FORM)
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n\r\n' for n in range(1500))
    multipart = ida.post("/odd/form", data=parts + "--x--", content_type="multipart/form-data; boundary=x")

    assert [many.status_code, small.status_code] == [413, 413]
    assert multipart.status_code in (400, 413)
    assert time.monotonic() - began < 2


def test_as_many_fields_as_a_form_has_are_read(visit):
    body = "&".join(f"f{number}=1" for number in range(guards.MOST_FIELDS))

    assert visit("ida").post("/odd/form", data=body, content_type=FORM).status_code == 400, "only its token is missing"


def test_two_tokens_are_one_too_many(visit, count):
    answer = visit("ida").post("/odd/form", data="csrf_token=a&csrf_token=b&words=x", content_type=FORM)

    assert answer.status_code == 400 and "again" in answer.text
    assert count(Setting) == 0


@pytest.mark.parametrize(("where", "from_site", "status"), [
    ("/odd/form", "cross-site", 403),
    ("/odd/form", "same-origin", 400),  # let through to the token's own check
    ("/odd/form", None, 400),
    ("/sign-in", "cross-site", 403),
    ("/sign-out", "cross-site", 403),
    ("/contact", "cross-site", 422),  # let through: an empty form with its words
    ("/api/v1/submissions", "cross-site", 401),
])
def test_another_site_may_post_to_the_public_form_only(visit, where, from_site, status):
    headers = {"Sec-Fetch-Site": from_site} if from_site else {}

    assert visit("ida").post(where, headers=headers, data={}).status_code == status


def test_a_link_from_another_site_is_just_a_link(visit):
    assert visit("ida").get("/odd/page", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_page_that_is_only_looked_at_cannot_write(house, count):
    answer = house.test_client().get("/odd/writing-look")

    assert answer.status_code >= 500 and "written" not in answer.text
    assert count(Setting) == 0


def test_without_the_guard_the_same_page_writes(house, count, monkeypatch):
    """The known-bad variant."""
    monkeypatch.setattr(guards, "begin_reading", lambda: None)

    assert house.test_client().get("/odd/writing-look").text == "written"
    assert count(Setting) == 1


@pytest.mark.parametrize("name", ["café", "lead%00", "..%2f..%2fetc%2fpasswd", "%ed%a0%80", "%ff"])
def test_odd_addresses_do_not_exist(house, name):
    assert house.test_client().get(f"/contact/thanks/{name}").status_code in (400, 404)
