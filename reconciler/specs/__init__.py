"""YAML → desired: the only place where specs are dicts and strings.

::

    reader                          files → specs, or every fault of every file
    ├── files                       what is in the folder, read with care
    ├── document → nodes            YAML as written, with its places
    ├── structure ← schema          the shape, checked against the JSON Schemas
    ├── target, blocks ← values     what one file says
    ├── resolve ← overlaps          what the blocks of a target say together
    └── together                    what targets say together
"""

from reconciler.specs.faults import annotations
from reconciler.specs.model import (
    Block,
    Declared,
    Limits,
    Origin,
    Target,
    TargetSpec,
)
from reconciler.specs.reader import read, targets
from reconciler.specs.urls import encrypted_endpoint_fault, endpoint_fault, state_fault

__all__ = [
    "Block",
    "Declared",
    "Limits",
    "Origin",
    "Target",
    "TargetSpec",
    "annotations",
    "encrypted_endpoint_fault",
    "endpoint_fault",
    "read",
    "state_fault",
    "targets",
]
