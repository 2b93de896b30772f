"""What grows with the lines of a spec and not with its numbers, measured."""
