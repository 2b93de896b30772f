"""Call-centre phone numbers as code: declare DIDs in YAML, review the plan, apply exactly that."""

__version__ = "0.1.0"
