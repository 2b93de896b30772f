"""The one place through which everything shown, logged or raised passes.

Credentials are registered when they are read from the environment; :func:`hide` then replaces them
in any text, in every form in which they can come back: as they are, stripped as VICIdial echoes
them, URL-encoded, as HTTP Basic.
"""
