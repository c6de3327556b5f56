"""Rule sets: what each module needs, as data."""
