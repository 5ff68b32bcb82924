"""Pieces that pages are made of, in the look of the State's design system."""
