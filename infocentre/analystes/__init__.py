"""The analysts' file: made from what is published when it is asked for, with no name in it."""
