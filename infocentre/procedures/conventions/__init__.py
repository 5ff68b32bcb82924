"""Conventions between the State and the organismes: signed, renewed, ended."""
