"""Comités and meetings: their invitation, what was decided, their minutes."""
