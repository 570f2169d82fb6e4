"""Assigning: a coach takes a lead, or gives it back."""
