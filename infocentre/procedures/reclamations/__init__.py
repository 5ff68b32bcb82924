"""Réclamations: what a demandeur contests, until a delivery or an answer ends it."""
