"""Comparisons of the list to publish with what the portal shows: what is to be corrected there."""
