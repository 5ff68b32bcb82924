"""Charters that the gestionnaire proposes: made with the guichets, voted, in force, replaced."""
