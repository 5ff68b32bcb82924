"""The pages, each imported by Dash by its path."""
