"""SQL for people: a place to ask, a library to keep, and the road from a query to an indicator."""
