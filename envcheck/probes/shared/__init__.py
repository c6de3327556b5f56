"""Questions that several probes put to a host, and the reading of their answers."""
