"""Corrective measures (convention 3.2.2 b)."""
