"""What form plugins, call trackers and ad networks deliver: stored as it came, answered at once, always with 200.

Any other answer shows the visitor an error (Elementor), or is never sent again (CallRail): docs/domain.md, "Webhooks".
"""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from crm.intake import arrivals
from crm.intake.delivery import Delivery, kept_headers, nameless
from crm.intake.reading import is_proven
from crm.intake.rush import at_the_door
from crm.intake.senders import Sender, hooked, is_full_of_unproven
from crm.intake.views import pages
from crm.web import public, save
from crm.web.context import now
from crm.web.errors import problem


@pages.post("/hooks/<slug>")
@public
def deliver(slug: str) -> ResponseReturnValue:
    """Keep a vendor's body. The same again, and what nobody can make out, is answered like everything else."""
    with at_the_door() as door:
        sender = hooked(slug, now())
        if sender is None:
            return problem(404, "Nothing listens here", "There is no source with this address.")
        raw = request.get_data()
        if not is_proven(sender.kind, raw, dict(request.headers), sender.secrets, now()):
            return _not_proven(sender, raw)
        kept = arrivals.receive_hook(sender, _delivery(sender, raw), at=now())
        save()
        door.read(kept, now())
    return jsonify({"ok": True, "id": kept.ref})


def _not_proven(sender: Sender, raw: bytes) -> Response:
    """One answer whatever is wrong; the body is kept all the same, up to a limit a day."""
    if raw and not is_full_of_unproven(sender.id, now()):
        arrivals.keep_unproven(sender, _delivery(sender, raw, is_proven=False), at=now())
        save()
    answer = problem(401, "Who is this?", "The proof of this source is missing or wrong.")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _delivery(sender: Sender, raw: bytes, is_proven: bool = True) -> Delivery:
    plain = Delivery(raw, request.headers.get("Content-Type", ""), headers=kept_headers(dict(request.headers)))
    # A stranger's body must not take the number of an entry that is still to come.
    return arrivals.identified(sender.kind, plain, now()) if is_proven else nameless(plain, now())
