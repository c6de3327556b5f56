"""The rule sets of Acme's lamps."""
