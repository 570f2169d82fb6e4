"""A body is taken for the vendor's only when the vendor could have sent exactly that."""

import base64
import hmac
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.intake.channels import callrail, google_ads, proofs, typeform, wpforms
from tests.support.vendors import AT, SECRET, VENDORS, proof

RAW = b'{"name":"Dana Whitlock","phone":"303 555 0118","google_key":"not-the-secret"}'
SIGNING = (wpforms, typeform, callrail)
each = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.__name__.rpartition(".")[2])
each_signing = pytest.mark.parametrize("vendor", SIGNING, ids=lambda vendor: vendor.__name__.rpartition(".")[2])


@each
def test_the_vendors_own_proof_is_taken(vendor: ModuleType):
    assert vendor.is_proven(RAW, proof(vendor, RAW), [SECRET], AT)
    assert not vendor.is_proven(RAW, proof(vendor, RAW, secret="another"), [SECRET], AT)
    assert not vendor.is_proven(RAW, {}, [SECRET], AT)


@each
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {SECRET}"}, {"authorization": f"bearer {SECRET}"},
        {"AUTHORIZATION": f"BEARER  {SECRET} "}, {"X-Webhook-Token": SECRET}, {"x-webhook-token": f" {SECRET} "},
    ],
)  # fmt: skip
def test_every_vendor_may_send_the_token_instead(vendor: ModuleType, headers: dict[str, str]):
    assert vendor.is_proven(RAW, headers, [SECRET], AT)


@each
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": SECRET}, {"Authorization": f"Basic {SECRET}"}, {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {SECRET[:-1]}"}, {"Authorization": f"Bearer {SECRET}x"}, {"X-Webhook-Token": ""},
        {"X-Webhook-Token": SECRET.upper()}, {"X-Token": SECRET}, {"Authorization": "Bearer \udcff"},
        {"X-Webhook-Token": "é" * 20},
    ],
)  # fmt: skip
def test_what_is_not_the_token_is_not_taken(vendor: ModuleType, headers: dict[str, str]):
    assert not vendor.is_proven(RAW, headers, [SECRET], AT)


@each
def test_an_old_and_a_new_secret_are_both_good(vendor: ModuleType):
    for secret in ("old", "new"):
        assert vendor.is_proven(RAW, proof(vendor, RAW, secret=secret), ["old", "new"], AT)
        assert not vendor.is_proven(RAW, proof(vendor, RAW, secret=secret), ["newest"], AT)


@each
def test_without_a_secret_nothing_is_proven(vendor: ModuleType):
    for none in ([], [""]):
        assert not vendor.is_proven(RAW, proof(vendor, RAW, secret=""), none, AT)
        assert not vendor.is_proven(b'{"google_key":""}', {"X-Webhook-Token": ""}, none, AT)


@each_signing
def test_each_changed_byte_of_the_body_is_noticed(vendor: ModuleType):
    sent = proof(vendor, RAW)
    for place in range(len(RAW)):
        changed = RAW[:place] + bytes([RAW[place] ^ 1]) + RAW[place + 1 :]
        assert not vendor.is_proven(changed, sent, [SECRET], AT)
        assert _looks_signed(changed, RAW)  # the known-bad check by length takes every one of them
    assert not vendor.is_proven(RAW + b" ", sent, [SECRET], AT)
    assert not vendor.is_proven(RAW[:-1], sent, [SECRET], AT)


@each_signing
def test_each_changed_letter_of_the_signature_is_noticed(vendor: ModuleType):
    (name, signature), = proof(vendor, RAW).items()
    for place, letter in enumerate(signature):
        changed = signature[:place] + ("A" if letter != "A" else "B") + signature[place + 1 :]
        assert not vendor.is_proven(RAW, {name: changed}, [SECRET], AT)
    assert not vendor.is_proven(RAW, {name: signature[:-1]}, [SECRET], AT)


@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_whatever_comes_is_answered_and_proves_nothing(raw: bytes, header: str, name: str):
    names = ("Authorization", "X-Webhook-Token", wpforms.SIGNATURE, typeform.SIGNATURE, callrail.SIGNATURE, name)
    for vendor in VENDORS:
        assert not vendor.is_proven(raw, dict.fromkeys(names, header), [SECRET], AT)


def test_googles_key_is_compared_as_a_whole():
    assert google_ads.is_proven(b'{"google_key":"%s"}' % SECRET.encode(), {}, [SECRET], AT)
    assert not google_ads.is_proven(b'{"google_key":"%s"}' % SECRET[:-1].encode(), {}, [SECRET], AT)


def test_every_secret_is_compared_right_or_wrong(monkeypatch: pytest.MonkeyPatch):
    compared: list[bytes] = []

    def counted(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", counted)
    assert proofs.is_secret("first", ["first", "second", "third"])
    assert compared == [b"first", b"second", b"third"]


def _looks_signed(raw: bytes, signed: bytes) -> bool:
    one, other = (base64.b64encode(hmac.digest(SECRET.encode(), body, "sha1")) for body in (raw, signed))
    return len(one) == len(other)
