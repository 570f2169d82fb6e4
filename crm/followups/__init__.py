"""Promises to get in touch: made, kept, moved, reminded of."""
