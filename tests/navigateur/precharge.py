"""What the process that servers fork from has loaded: all that no data directory changes."""

from dashboards.servir import charger

charger()
