"""The infocentre of a gestionnaire territorial of the SNE."""
