"""Corrections of an identity."""
