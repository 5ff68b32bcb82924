"""The dashboards « Suivi des guichets »: a Dash application over the published version."""
