"""Recorded hosts in one file: writing, reading, checking and showing bundles."""
