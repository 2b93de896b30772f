"""YAML → desired: the only place where specs are dicts and strings."""
