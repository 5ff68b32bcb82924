"""Visits of guichets."""
