"""What every answer says to the browser, whatever kind of answer it is."""

import re

import pytest

from crm.web.body import LIMIT

KINDS = {
    "page": ("GET", "/contact", 200),
    "staff page": ("GET", "/odd/page", 200),
    "redirect": ("GET", "/odd/elsewhere", 302),
    "not found": ("GET", "/nowhere", 404),
    "wrong method": ("DELETE", "/contact", 405),
    "stale form": ("POST", "/odd/form", 400),
    "broken": ("GET", "/odd/broken", 500),
    "machines": ("POST", "/api/v1/submissions", 401),
    "alive": ("GET", "/healthz", 200),
}
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
          "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'"}


def policy(answer) -> dict[str, str]:
    parts = [part.split(maxsplit=1) for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return dict(parts)


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_locked_up(visit, kind):
    method, path, status = KINDS[kind]
    answer = visit("ida").open(path, method=method)

    assert answer.status_code == status
    assert policy(answer).items() >= POLICY.items()
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers, "over plain http it would lock people out"
    assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


def test_static_files_are_kept_and_locked_up_too(house):
    page = house.test_client().get("/contact").text
    address = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
    assert address
    answer = house.test_client().get(address[1])

    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"] and "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert policy(answer).items() >= POLICY.items()


def test_too_much_is_refused_under_a_policy_of_its_own(house):
    answer = house.test_client().post("/contact", data="x" * (LIMIT + 1))

    assert answer.status_code == 413
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("kind", KINDS)
def test_over_https_browsers_stay_on_https(open_house, kind):
    method, path, _ = KINDS[kind]
    answer = open_house(base_url="https://localhost").test_client().open(path, method=method)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_only_the_form_made_for_it_stands_in_a_frame(open_house):
    client = open_house(frame_ancestors=("https://www.example.org",)).test_client()

    assert policy(client.get("/contact/embed"))["frame-ancestors"] == "https://www.example.org"
    for path in ("/contact", "/sign-in", "/nowhere", "/contact/thanks/embed"):
        assert policy(client.get(path))["frame-ancestors"] == "'none'"


def test_other_sites_may_run_one_file_of_ours_and_no_other(house):
    client = house.test_client()
    lent, ours = client.get("/static/js/embed-parent.js"), client.get("/static/js/embed.js")

    assert lent.status_code == ours.status_code == 200
    assert lent.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert ours.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert lent.headers["Cache-Control"] == "no-cache", "its address names no version, and must not keep an old one"


def test_pages_of_visitors_vary_with_their_language(house):
    client = house.test_client()

    assert "Accept-Language" in client.get("/contact").headers["Vary"]
    assert "Accept-Language" not in client.get("/sign-in").headers.get("Vary", "")


def test_without_a_site_named_nothing_stands_in_a_frame(house):
    assert policy(house.test_client().get("/contact/embed"))["frame-ancestors"] == "'none'"


def test_no_page_brings_its_own_script_or_style(visit):
    for path in ("/contact", "/sign-in", "/nowhere", "/odd/broken"):
        page = visit(None).get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
