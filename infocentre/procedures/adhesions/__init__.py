"""Adhesions of the organismes to the charters: to be signed, reminded, signed, refused."""
