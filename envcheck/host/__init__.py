"""The machine: the only door to it."""
