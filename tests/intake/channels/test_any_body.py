"""Whatever a vendor's address is sent, it is read or said not to be understood; nothing else happens."""

import inspect
import json
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.intake import mapping
from crm.intake.channels import Inquiry, NotUnderstood, bodies, callrail, typeform
from crm.intake.labels import FACTS
from tests.support.vendors import BODIES, VENDORS, entry_of, recorded

KINDS = ("", "application/json", "application/x-www-form-urlencoded; charset=utf-8", "multipart/form-data; boundary=x")
NAMES = st.sampled_from(
    ["name", "email", "phone", "1.3", "1.6", "7.1", "9.1", "9.3", "id", "form_id", "fields", "form", "meta", "value",
     "form_response", "answers", "field", "type", "definition", "hidden", "user_column_data", "column_id", "google_key",
     "date_created", "created_by", "customer_phone_number", "duration", "form_data", "page", "utm_source", "a[b]", ""]
)  # fmt: skip
ODD = ["Yes", "\ud800", "\x00", "a@example.org", "303 555 0118", '["a"]', "&#x0;", "{a}", "http://[", "Florida", "||"]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(ODD)
)  # fmt: skip
KEYS = st.one_of(NAMES, st.text(max_size=8))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=20,
)
MESSY = [
    b"", b"{}", b"[]", b"null", b'"text"', b"{", b"[" * 50_000, b'{"a":' * 50_000, b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", b'{"a":' + b'{"value":' * 900 + b"1" + b"}" * 901,
    b'{"a":' + b"9" * 100_000 + b"}", b'{"a":1e999,"b":NaN,"c":-Infinity}', b'{"a":"\\ud800","\\ud800":"\\u0000x"}',
    b'{"a":"&#' + b"9" * 5000 + b';"}', b"a" + b"[b]" * 10_000 + b"=1", b"a=1&a[b]=2&a[b][c]=3&a[]=4&[]=5&=6&[x]=7",
    b"&".join(b"k%d=x" % one for one in range(3000)), b'{"a":"' + b"||" * 50_000 + b'"}', b"\xff\xfe{\x00",
    b"=", b"\x00=\xff", b'{"m":"' + b"a@" * 100_000 + b'"}', b"--x\r\n",
    b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n",
]  # fmt: skip


def _read(vendor: ModuleType, raw: bytes, kind: str) -> Inquiry | None:
    try:
        entry = vendor.entry(raw, kind)
    except NotUnderstood:
        return None
    told: Inquiry = mapping.inquiry(entry, {"phone": "message", "no such field": "phone"}, {"state": "CO"})
    # What was read can be kept, and every field has its guess.
    json.dumps([repr(entry), repr(told)], ensure_ascii=False).encode()
    assert [one.key for one in mapping.guess(entry)] == [one.key for one in entry.fields]
    assert {one.means for one in mapping.guess(entry)} <= set(FACTS)
    assert set(entry.means) <= {one.key for one in entry.fields}
    return told


@given(st.binary(max_size=300), st.sampled_from(KINDS))
@example(b"\xef\xbb\xbf{}", "")
def test_any_bytes(raw: bytes, kind: str):
    for vendor in VENDORS:
        _read(vendor, raw, kind)


@given(TREES)
def test_any_json(tree: Any):
    raw = json.dumps(tree).encode()
    for vendor in VENDORS:
        _read(vendor, raw, "application/json")


@given(st.lists(st.tuples(st.one_of(NAMES, st.text(max_size=12)), st.text(max_size=30)), max_size=12))
def test_any_form(pairs: list[tuple[str, str]]):
    raw = urlencode(pairs, errors="replace").encode()
    for vendor in VENDORS:
        _read(vendor, raw, "application/x-www-form-urlencoded")


@pytest.mark.parametrize("raw", MESSY, ids=lambda raw: repr(raw[:20]))
@pytest.mark.parametrize("kind", KINDS)
def test_bodies_that_are_meant_to_hurt(raw: bytes, kind: str):
    for vendor in VENDORS:
        _read(vendor, raw, kind)


def test_a_reader_that_trusts_the_depth_is_caught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "DEEPEST", 100_000)
    monkeypatch.setattr(bodies.values_of, "__defaults__", (100_000,))

    deep = sys.getrecursionlimit() - len(inspect.stack(0)) - 40  # JSON itself is read, and what walks it falls over
    with pytest.raises(RecursionError):
        _read(callrail, b'{"note":' + b"[" * deep + b"]" * deep + b"}", "")


def _shuffled(tree: Any, chance: random.Random) -> Any:
    if not isinstance(tree, dict):
        return [_shuffled(one, chance) for one in tree] if isinstance(tree, list) else tree
    pairs = [(name, _shuffled(value, chance)) for name, value in tree.items()]
    chance.shuffle(pairs)
    return dict(pairs)


def _with_strangers(tree: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    strangers = {"x_new_key_2027": None, "x_empty": "", "x_none": [], "remote_ip": "203.0.113.7", "fbclid": "IwAR0"}
    return {**tree, **{name: strangers[name] for name in strangers if chance.random() < 0.5}}


def _same(told: Inquiry) -> Inquiry:
    """All of it, without the order in which answers without a place were sent."""
    return replace(told, other=tuple(sorted(told.other)))


def _changed(raw: bytes, change: Callable[[dict[str, Any], random.Random], Any], chance: random.Random) -> bytes:
    if raw[:1] == b"{":
        return json.dumps(change(json.loads(raw), chance)).encode()
    pairs = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return urlencode({name: value or "" for name, value in change(pairs, chance).items() if value != []}).encode()


@pytest.mark.parametrize(("vendor", "name"), BODIES, ids=[name for _, name in BODIES])
@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_keys_and_unknown_ones_change_nothing(vendor: ModuleType, name: str, chance: random.Random):
    raw = recorded(name)
    told = _same(mapping.inquiry(entry_of(vendor, raw)))

    assert _same(mapping.inquiry(entry_of(vendor, _changed(raw, _shuffled, chance)))) == told
    assert _same(mapping.inquiry(entry_of(vendor, _changed(raw, _with_strangers, chance)))) == told


@given(chance=st.randoms(use_true_random=False))
def test_of_two_numbers_the_order_does_not_choose(chance: random.Random):
    body = _shuffled({"phone_2": "303 555 0119", "phone": "303 555 0118", "name": "Dana Poe"}, chance)

    assert mapping.inquiry(entry_of(VENDORS[1], body)).phone == "303 555 0118"


def test_whoever_takes_the_first_number_is_caught():
    body = {"phone_2": "303 555 0119", "phone": "303 555 0118"}

    assert next(text for key, text in body.items() if "phone" in key) != "303 555 0118"


@pytest.mark.parametrize(("vendor", "name"), BODIES, ids=[name for _, name in BODIES])
def test_a_mark_before_the_body_and_another_type_change_nothing(vendor: ModuleType, name: str):
    raw = recorded(name)
    told = mapping.inquiry(entry_of(vendor, raw))

    for kind in ("", "text/plain", "application/json", "application/x-www-form-urlencoded"):
        assert mapping.inquiry(vendor.entry(b"\xef\xbb\xbf" + raw + b"\r\n", kind)) == told


def test_a_key_that_comes_twice_loses_nothing():
    told = mapping.inquiry(entry_of(typeform, b'{"phone":"303 555 0118","phone":"303 555 0119"}'))

    assert told.phone == "303 555 0118" and told.other == (("Phone", "303 555 0118, 303 555 0119"),)


def test_parts_are_read_like_a_form():
    raw = b'--b0\r\nContent-Disposition: form-data; name="name"\r\n\r\nDana Poe\r\n--b0--\r\n'
    for vendor in VENDORS:
        assert mapping.inquiry(vendor.entry(raw, "multipart/form-data; boundary=b0")).name == "Dana Poe"
