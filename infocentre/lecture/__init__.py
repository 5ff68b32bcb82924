"""Consultation: what the published version tells a reader, within a périmètre."""
