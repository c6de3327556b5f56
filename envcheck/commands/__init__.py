"""Commands beside the check: their arguments, and what they say. No logic of their own."""
