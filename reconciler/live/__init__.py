"""The read-only side: what is on the server, as far as it can be seen."""
