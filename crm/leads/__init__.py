"""Leads: one person's page, and everything that may be done there."""
