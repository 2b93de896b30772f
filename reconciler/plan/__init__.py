"""Changes → calls: in which order, how few, and what each answer leads to. Pure."""
