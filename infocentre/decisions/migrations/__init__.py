"""Steps by which a store of before becomes one of today, in order; Alembic runs them."""
