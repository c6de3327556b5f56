"""What Acme's lamps need of a host."""
