"""From the bytes of a body, JSON or form-encoded, to its answers in clean text. Generous: it refuses only what is
neither."""

import html
import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.formparser import FormDataParser

from crm.intake.channels import NotUnderstood
from crm.intake.channels.entry import Field
from crm.web.text import clean_line, clean_text

DEEPEST = 8  # levels: the deepest vendor needs five
MOST_FIELDS = 200  # a form has dozens; what follows after these stays in the stored body
MOST_VALUES = 60
LONGEST_KEY = 200
LABELS = ("title", "label", "column_name", "question", "name")
KEYS = ("id", "key", "ref", "name", "column_id", "label", "title", "question")
ANSWERS = ("value", "values", "answer", "string_value", "text")

Body = dict[str, Any]


def read(raw: bytes, content_type: str) -> Body:
    """The body as a tree of dicts, lists, texts and booleans. Numbers stay the text they were, nothing is rounded.

    A name that comes twice keeps both values. Raises NotUnderstood when it is neither JSON nor form-encoded.
    """
    text = raw.decode("utf-8-sig", "replace").strip()
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("multipart/") and text.startswith("--"):
        tree = _unfolded(_parts(raw, kind))
    elif text[:1] in ("{", "[", '"'):
        tree = _read_json(text)
    elif "=" in text:
        tree = _unfolded(_pairs(text))
    else:
        raise NotUnderstood("the body is neither JSON nor form-encoded")
    if not tree:
        raise NotUnderstood("there is no field in the body")
    return tree


def fields(tree: Body) -> list[Field]:
    """Every answer in the tree, whatever its shape; keys are paths such as "client.phone"."""
    return list(islice(_walk(tree, "", DEEPEST), MOST_FIELDS))


def text_of(value: Any) -> str:
    """One value as clean text; empty for what is not one value."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    elif isinstance(value, str):
        return clean_text(_unescaped(value))
    else:
        return ""


def line_of(value: Any) -> str:
    """As `text_of`, on one line."""
    return clean_line(text_of(value))


def section(tree: Mapping[str, Any], name: str) -> Body:
    """The dict under this name; empty when there is none."""
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def rows(tree: Mapping[str, Any], name: str) -> list[Body]:
    """The dicts of the list under this name."""
    found = tree.get(name)
    return [one for one in found if isinstance(one, dict)][:MOST_FIELDS] if isinstance(found, list) else []


def values_of(value: Any, deepest: int = DEEPEST) -> tuple[str, ...]:
    """All texts in a value: a list, a list written as JSON text, `||` between the choices, or one text."""
    if not deepest:
        return ()
    elif isinstance(value, list):
        return tuple(text for one in value[:MOST_VALUES] for text in values_of(one, deepest - 1))
    elif isinstance(value, dict) and value and all(_is_place(name) for name in value):
        return values_of(list(value.values()), deepest - 1)
    elif isinstance(value, dict):
        return values_of(next((value[name] for name in ANSWERS if name in value), None), deepest - 1)
    text = text_of(value)
    if text.startswith('["') and text.endswith('"]'):
        return _listed(text)
    elif "||" in text:
        return tuple(part.strip() for part in text.split("||", MOST_VALUES) if part.strip())
    elif not text or _is_placeholder(text):
        return ()
    else:
        return (text,)


def _unescaped(text: str) -> str:
    """Form plugins of WordPress send what is safe to put into a page: O&#039;Neil."""
    try:
        return html.unescape(text)
    except ValueError:  # the number of a letter, with thousands of digits
        return text


def _read_json(text: str) -> Body:
    try:
        tree = _loads(text)
        tree = _loads(tree) if isinstance(tree, str) else tree  # somebody's JSON inside somebody's text
    except (ValueError, RecursionError):
        raise NotUnderstood("the body begins like JSON and is not") from None
    if isinstance(tree, list) and len(tree) == 1:
        tree = tree[0]
    if isinstance(tree, list):
        tree = {"list": tree}
    if not isinstance(tree, dict):
        raise NotUnderstood("the body is JSON without any names")
    return tree


def _loads(text: str) -> Any:
    return json.loads(
        text, object_pairs_hook=_both, parse_int=str, parse_float=str, parse_constant=lambda _: None, strict=False
    )


def _both(pairs: list[tuple[str, Any]]) -> Body:
    """Nobody can say which of two values was meant, and a person may read both."""
    tree: Body = {}
    for name, value in pairs:
        if name not in tree:
            tree[name] = value
        elif isinstance(tree[name], list) and not isinstance(value, dict):
            tree[name].append(value)
        else:
            tree[name] = [tree[name], value]
    return tree


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS * 10)
    except ValueError:
        raise NotUnderstood("the body has too many fields") from None


def _parts(raw: bytes, kind: str) -> list[tuple[str, str]]:
    # A body of parts begins with the line that stands between its parts.
    boundary = raw.lstrip()[:LONGEST_KEY].partition(b"\n")[0].strip()[2:].decode("latin-1")
    parser = FormDataParser(max_form_memory_size=len(raw), max_form_parts=MOST_FIELDS, silent=True)
    try:
        typed = parser.parse(BytesIO(raw), kind, len(raw), {"boundary": boundary})[1]
    except Exception:  # the parser of a foreign room: whatever it finds wrong, we know only that these are no parts
        raise NotUnderstood("the body is not in parts") from None
    return list(typed.items(multi=True))


def _unfolded(pairs: list[tuple[str, str]]) -> Body:
    """PHP's keys as a tree: fields[email][value] is the value of the email among the fields."""
    tree: Body = {}
    for key, value in pairs:
        *way, last = _steps(key)
        place: Body = tree
        for step in way:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                inner = place[step] = {"": inner}
            place = inner
        known = place.get(last)
        if last == "":
            place[str(len(place))] = value
        elif known is None:
            place[last] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            place[last] = [known, value]
    return tree


def _steps(key: str) -> list[str]:
    head, bracket, rest = key.partition("[")
    if not (bracket and head and key.endswith("]")):
        return [key]
    steps = [head, *rest[:-1].split("][", DEEPEST)]
    return steps if len(steps) < DEEPEST else [key]


def _walk(value: Any, path: str, deepest: int) -> Iterator[Field]:
    if not deepest:
        return
    elif isinstance(value, dict) and path and _is_answer(value):
        yield Field(path, _first(value, LABELS), values_of(value))
    elif isinstance(value, dict) and path and value and all(_is_place(name) for name in value):
        yield from _walk(list(value.values()), path, deepest)  # how PHP writes a list
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, _joined(path, clean_line(name)), deepest - 1)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for place, one in enumerate(value[:MOST_FIELDS]):
            named = _first(one, KEYS) if _is_answer(one) else ""
            yield from _walk(one, named or _joined(path, str(place)), deepest - 1)
    elif path:
        yield Field(path, "", values_of(value))


def _is_answer(value: Body) -> bool:
    """Whether it is one answer with its label, or with other ways to write it, and not a group of answers."""
    return (
        any(name in value for name in ANSWERS)
        and not any(isinstance(inner, dict) for name, inner in value.items() if name not in ANSWERS)
        and (len(value) == 1 or any(name in value for name in (*KEYS, "unix", "type", "raw_value")))
    )


def _is_place(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 4


def _first(value: Body, names: tuple[str, ...]) -> str:
    return next((text[:LONGEST_KEY] for name in names if (text := line_of(value.get(name)))), "")


def _joined(path: str, name: str) -> str:
    return (f"{path}.{name}" if path and name else path or name)[:LONGEST_KEY]


def _listed(text: str) -> tuple[str, ...]:
    try:
        inner = _loads(text)
    except (ValueError, RecursionError):
        return (text,)
    return tuple(one for one in map(text_of, inner[:MOST_VALUES]) if one) if isinstance(inner, list) else (text,)


def _is_placeholder(text: str) -> bool:
    """A tag that the plugin should have replaced and did not: {Name:1.3}, [your-name]."""
    return len(text) < 80 and text[0] + text[-1] in ("{}", "[]") and text[1:2].isalpha() and "\n" not in text
