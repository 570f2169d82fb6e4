"""Intake: a message becomes a lead."""
