"""The public list as it was transmitted, to the State or to the portal: which version, when."""
