"""What the editable forms share: widths of texts, fixed bytes, native charts, pictures."""
