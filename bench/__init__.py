"""Measuring: ratios within one run, never absolute times as a bar."""
