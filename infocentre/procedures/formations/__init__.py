"""Training of the guichets: sessions, and the needs that the data show."""
