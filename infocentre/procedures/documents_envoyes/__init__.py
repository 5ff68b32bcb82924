"""Documents sent to lists: one affaire a recipient and file, so that each is sent exactly once."""
