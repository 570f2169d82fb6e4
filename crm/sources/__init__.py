"""The ways people reach us: what is usual for each, and what is wrong with it."""
