"""YAML → desired: the only place where specs are dicts and strings.

::

    reader                          files → specs, or every fault of every file
    ├── files                       what is in the folder, read with care
    ├── document → tree → nodes     YAML as written, with its places
    │   └── syntax, scalars         what is not YAML, or not what it looks like
    │   └── runs                    long lists of numbers, read in one go
    ├── shape ← schema              the shape that the JSON Schemas describe
    │   └── structure               what is wrong with it, asked of jsonschema
    ├── target, blocks ← values     what one file says
    │   ├── listed                  numbers of a list and their lines
    │   ├── urls, schemes           the endpoint, and where a state may be kept
    │   └── misread, thousands      a text that is not one number: display, wildcards
    ├── resolve ← overlaps          what the blocks of a target say together
    │   ├── shapes, lengths         numbers that no call would match
    │   ├── numbering               the numbering plan of the target's country
    │   └── writings ← dialling     one number in two writings
    └── together                    what targets say together
"""

from reconciler.specs.faults import Problem, annotations
from reconciler.specs.model import (
    Block,
    Declared,
    Limits,
    Origin,
    Target,
    TargetSpec,
)
from reconciler.specs.reader import confirm, read, targets
from reconciler.specs.schemes import is_store, state_fault
from reconciler.specs.urls import encrypted_endpoint_fault, endpoint_fault

__all__ = [
    "Block",
    "Declared",
    "Limits",
    "Origin",
    "Problem",
    "Target",
    "TargetSpec",
    "annotations",
    "confirm",
    "encrypted_endpoint_fault",
    "endpoint_fault",
    "is_store",
    "read",
    "state_fault",
    "targets",
]
