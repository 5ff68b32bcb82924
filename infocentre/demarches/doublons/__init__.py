"""Duplicates: shown side by side, decided by people, remembered, followed to the next delivery."""
