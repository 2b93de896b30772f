"""The state: what is known of a target's numbers, its file format, and its backends."""
