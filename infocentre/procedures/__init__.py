"""The procedures, a folder each: all that is known of one stands in its own."""
