"""Restitutions: the documents that people read on paper or project, from the published version."""
