"""The settings: each is read, each wrong one is refused by its name, and no secret is ever said aloud."""

import base64
from dataclasses import asdict
from pathlib import Path

import pytest

from config import Config, ConfigurationError, from_environment

KEY, OLD_KEY = bytes(range(32)), bytes(range(32, 64))
SAFE = {"SECRET_KEY": "q8Zr1-Vt5_Lk0wYs7Hn2Xb4Mc6Jd9Ge3", "FIELD_KEYS": base64.urlsafe_b64encode(KEY).decode()}
A_FILE = "sqlite:////srv/lantern/crm.db"


def with_(**changes: str) -> Config:
    return from_environment({**SAFE, **changes})


def refusal(**changes: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        with_(**changes)
    said = str(refused.value)
    assert "\n" not in said
    return said


def test_two_secrets_are_enough_and_the_rest_is_safe():
    config = with_()

    assert config.is_production and config.secure_cookies
    assert config.second_factor == "required"
    assert config.proxy_hops == 0
    assert config.database_url.startswith("sqlite:///") and config.database_url.endswith("instance/crm.db")
    assert config.trusted_hosts == ("localhost", "127.0.0.1")
    assert config.frame_ancestors == () and config.smtp_url == ""


@pytest.mark.parametrize(("name", "text", "meant"), [
    ("CRM_ENV", "development", {"environment": "development"}),
    ("DATABASE_URL", A_FILE, {"database_url": A_FILE}),
    ("DATABASE_URL", "postgresql+psycopg:///crm", {"database_url": "postgresql+psycopg:///crm"}),
    ("BASE_URL", "https://intake.example.org/",
     {"base_url": "https://intake.example.org", "trusted_hosts": ("intake.example.org",),
      "mail_from": "lantern@intake.example.org"}),
    ("TRUSTED_HOSTS", "a.example.org, b.example.org", {"trusted_hosts": ("a.example.org", "b.example.org")}),
    ("PROXY_HOPS", "2", {"proxy_hops": 2}),
    ("SMTP_URL", "smtps://mail.example.org", {"smtp_url": "smtps://mail.example.org"}),
    ("MAIL_FROM", "desk@example.org", {"mail_from": "desk@example.org"}),
    ("MAIL_REPLY_TO", "desk@example.org", {"mail_reply_to": "desk@example.org"}),
    ("ORGANISATION_NAME", "Tidewell Recovery", {"organisation_name": "Tidewell Recovery"}),
    ("ORGANISATION_PHONE", "(303) 555-0142", {"organisation_phone": "(303) 555-0142"}),
    ("TIME_ZONE", "America/Denver", {"time_zone": "America/Denver"}),
    ("SECOND_FACTOR", "optional", {"second_factor": "optional"}),
    ("FRAME_ANCESTORS", "https://example.org https://www.example.org",
     {"frame_ancestors": ("https://example.org", "https://www.example.org")}),
])
def test_each_setting_is_read(name: str, text: str, meant: dict[str, object]):
    changed = {field: value for field, value in asdict(with_(**{name: text})).items()
               if value != asdict(with_())[field]}

    assert changed == meant


@pytest.mark.parametrize("name", ["DATABASE_URL", "TIME_ZONE", "CRM_ENV", "PROXY_HOPS", "SMTP_URL", "MAIL_FROM",
                                  "ORGANISATION_NAME", "SECOND_FACTOR", "TRUSTED_HOSTS"])
def test_an_empty_setting_is_as_good_as_none(name: str):
    assert with_(**{name: ""}) == with_()


@pytest.mark.parametrize("weak", ["", "secret", "short but Random 9!", "a" * 64, "abcabc" * 10])
def test_a_missing_or_weak_secret_key_is_refused(weak: str):
    assert "SECRET_KEY" in refusal(SECRET_KEY=weak)


@pytest.mark.parametrize("bad", [
    "",
    "clearly not base64!",
    base64.urlsafe_b64encode(b"too short").decode(),
    base64.urlsafe_b64encode(KEY + b"x").decode(),
    SAFE["FIELD_KEYS"] + ",abc",
    SAFE["FIELD_KEYS"][:9] + "!" + SAFE["FIELD_KEYS"][9:],  # a slip of the hand: the lenient decoder drops it
])
def test_a_missing_or_malformed_field_key_is_refused(bad: str):
    assert "FIELD_KEYS" in refusal(FIELD_KEYS=bad)


def test_field_keys_are_newest_first_and_need_no_padding():
    bare, padded = (base64.urlsafe_b64encode(key).decode() for key in (KEY, OLD_KEY))

    assert with_(FIELD_KEYS=f"{bare.rstrip('=')}, {padded}").field_keys == (KEY, OLD_KEY)


def test_a_secret_may_lie_in_a_file(tmp_path: Path):
    lying = tmp_path / "secret"
    lying.write_text("Zt4Qw8Er2Ty6Ui0Op5As9Df3Gh7Jk1Lz\n")

    read = from_environment({"FIELD_KEYS": SAFE["FIELD_KEYS"], "SECRET_KEY_FILE": str(lying)})
    said = with_(SECRET_KEY_FILE=str(lying))

    assert read.secret_key == "Zt4Qw8Er2Ty6Ui0Op5As9Df3Gh7Jk1Lz"
    assert said.secret_key == SAFE["SECRET_KEY"], "what is said directly counts"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    assert "SMTP_URL_FILE" in refusal(SMTP_URL_FILE=str(tmp_path / "nowhere"))
    assert "DATABASE_URL_FILE" in refusal(DATABASE_URL_FILE=str(tmp_path / "binary"))


@pytest.mark.parametrize(("name", "bad"), [
    ("BASE_URL", "intake.example.org"), ("BASE_URL", "ftp://example.org"), ("BASE_URL", "http://[half"),
    ("BASE_URL", "https://example.org:port"),
    ("DATABASE_URL", "crm.db"), ("DATABASE_URL", "mysql://localhost/crm"), ("DATABASE_URL", "sqlite://"),
    ("CRM_ENV", "staging"), ("SECOND_FACTOR", "sometimes"), ("TIME_ZONE", "Denver"), ("TIME_ZONE", "../etc/passwd"),
    ("PROXY_HOPS", "-1"), ("PROXY_HOPS", "one"), ("PROXY_HOPS", "10"),
    ("SMTP_URL", "mail.example.org"), ("SMTP_URL", "smtps://"), ("SMTP_URL", "smtps://mail.example.org:mail"),
])
def test_a_malformed_setting_is_refused_by_its_name(name: str, bad: str):
    assert name in refusal(**{name: bad})


def test_mail_in_the_clear_is_for_this_machine_or_for_development():
    far, near = "smtp://mail.example.org:25", "smtp://127.0.0.1:25"

    assert "SMTP_URL" in refusal(SMTP_URL=far)
    assert with_(SMTP_URL=near).smtp_url == near
    assert with_(SMTP_URL=far, CRM_ENV="development").smtp_url == far
    assert with_(SMTP_URL="smtp+starttls://mail.example.org").smtp_url.startswith("smtp+starttls")


def test_production_insists_on_a_second_factor():
    assert "SECOND_FACTOR" in refusal(SECOND_FACTOR="off")
    assert with_(SECOND_FACTOR="off", CRM_ENV="development").second_factor == "off"


def test_cookies_lose_their_locks_only_over_plain_http_in_development():
    assert with_().secure_cookies
    assert with_(CRM_ENV="development", BASE_URL="https://example.org").secure_cookies
    assert not with_(CRM_ENV="development").secure_cookies


def test_secrets_are_never_said_aloud():
    secrets = {"SECRET_KEY": "CanaryQ8Zr1-Vt5_Lk0wYs7Hn2Xb4Mc6", "SMTP_URL": "smtps://desk:canary-pass@example.org",
               "DATABASE_URL": "postgresql+psycopg://crm:canary-pass@db.example.org/crm"}
    said = repr(with_(**secrets))

    assert "anary" not in said and str(KEY) not in said
    assert "required" in said, "the rest is"
    for name in ("BASE_URL", "TIME_ZONE", "CRM_ENV", "SMTP_URL", "FIELD_KEYS"):
        assert "canary" not in refusal(**{**secrets, name: "canary"})
