"""What the gestionnaire does: load, control, rebuild, erase. Each operation publishes a version."""
