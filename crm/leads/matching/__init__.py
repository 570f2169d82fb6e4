"""Who may be the same person: suggestions with reasons, and the keys by which candidates are found. Joins nobody."""

from crm.leads.matching.alike import agrees_on_name
from crm.leads.matching.blocks import Pair, is_shared, keys, pairs
from crm.leads.matching.contacts import is_shared_contact
from crm.leads.matching.likeness import Likeness, Record, compare

__all__ = ["Likeness", "Pair", "Record", "agrees_on_name", "compare", "is_shared", "is_shared_contact", "keys", "pairs"]
