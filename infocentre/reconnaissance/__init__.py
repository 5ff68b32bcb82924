"""What unknown files may be: dialect, tables, columns and codes, proposed to a person."""
