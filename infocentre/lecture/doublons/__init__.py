"""What is known of demandes that may be of one person: pairs, places, quality of the search."""
