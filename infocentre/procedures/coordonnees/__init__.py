"""Coordinates of the guichets, confirmed every six months, and the sheet for their door."""
