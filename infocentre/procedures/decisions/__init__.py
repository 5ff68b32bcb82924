"""Decisions of a comité or a meeting: who does what, by when, until it is done."""
