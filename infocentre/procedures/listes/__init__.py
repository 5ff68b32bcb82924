"""Lists of those to whom documents are sent, by quality: one for each kind of partner."""
