"""Messages from other programs, as JSON. A source can create and never read; problems are RFC 9457 documents."""

from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from crm.intake.channels.json import CONTENT_TYPE, Entry, Unreadable, parse
from crm.intake.delivery import Delivery
from crm.intake.keeping import Kept, KeyReused, keep
from crm.intake.openapi import document
from crm.intake.rush import at_the_door
from crm.intake.senders import sender_of
from crm.intake.views import pages
from crm.web import public, save
from crm.web.context import now
from crm.web.errors import problem

LONGEST_KEY = 255  # characters of an Idempotency-Key
ANY_OF = ("/phone", "/email", "/message")


@pages.post("/api/v1/submissions")
@public
def create() -> ResponseReturnValue:
    """Keep the message and make a lead of it; the same again answers the same."""
    with at_the_door() as door:
        source_id = sender_of(request.headers.get("Authorization", ""), kind="json", at=now())
        if source_id is None:
            return _not_known()
        delivery = _delivery()
        if isinstance(delivery, Response):
            return delivery
        try:
            kept = keep(source_id, delivery, now())
        except KeyReused:
            return problem(422, "The Idempotency-Key was used for another body", "Use a new key for a new message.")
        save()
        door.read(kept, now())
    return jsonify(_answer(kept)), 201 if kept.is_new else 200


@pages.get("/api/v1/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The description of the above for programs that read such things."""
    return jsonify(document(Entry))


def _delivery() -> Delivery | Response:
    """What the request hands over, or what is wrong with it."""
    if request.mimetype != CONTENT_TYPE:
        return problem(415, "Send JSON", f"The body must be {CONTENT_TYPE}.")
    key = request.headers.get("Idempotency-Key") or None
    if key and (len(key) > LONGEST_KEY or not key.isprintable()):
        return problem(400, "The Idempotency-Key cannot be used", f"At most {LONGEST_KEY} printable characters.")
    raw = request.get_data()
    try:
        entry = parse(raw)
    except Unreadable as error:
        return problem(400, "The body cannot be read", str(error))
    except ValidationError as error:
        return problem(422, "Some fields cannot be used", "Each is named in errors.", errors=_errors(error))
    return Delivery(raw, CONTENT_TYPE, key=key, external_id=entry.external_id)


def _answer(kept: Kept) -> dict[str, str]:
    """The same each time: what becomes of the message is nothing that its sender is told."""
    return {"id": kept.ref, "received_at": kept.received_at.isoformat(timespec="seconds").replace("+00:00", "Z")}


def _not_known() -> Response:
    """One answer for no secret and a wrong one."""
    answer = problem(401, "Who is this?", "Send Authorization: Bearer with the secret of a source.")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _errors(error: ValidationError) -> list[dict[str, Any]]:
    """Where and what, never the value itself."""
    found = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        detail = one["msg"].removeprefix("Value error, ")
        places = [f"/{'/'.join(map(str, one['loc']))}"] if one["loc"] else list(ANY_OF)
        found += [{"pointer": place, "detail": detail} for place in places]
    return found
