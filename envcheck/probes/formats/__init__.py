"""Readers of the texts that commands print and files hold: pure functions, text in, data out."""
