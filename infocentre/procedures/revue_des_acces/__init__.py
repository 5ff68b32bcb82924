"""The review of the users of the SNE (convention 3.2.1 a)."""
