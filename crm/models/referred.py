"""Rows that have an address or sealed words carry a random reference."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db.base import new_ref


class Referred:
    """Gives a model its `ref`: random, unguessable, made with the row."""

    ref: Mapped[str] = mapped_column(String(22), unique=True, default=new_ref)

    def take_ref(self) -> str:
        """The row's reference, made now if it has none yet: sealed words are bound to it."""
        self.ref = getattr(self, "ref", None) or new_ref()
        return self.ref
