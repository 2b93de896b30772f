"""One module for each command, with ``run(arguments) -> exit code``."""
