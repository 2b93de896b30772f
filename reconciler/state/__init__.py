"""What is known: the state of a target, its file, and where that is kept."""
