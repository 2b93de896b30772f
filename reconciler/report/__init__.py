"""What people and other tools are shown: text, Markdown, JSON. Pure; nothing is read or sent.

::

    text      markdown ← flow        a plan for the terminal, a plan for GitHub
    ├── layout    inert              columns and wrapping · foreign text made harmless
    ├── entries ← words              what happens to which numbers of a block, and how to say it
    └── document ← encode, decode    a plan as plain data: made of a Plan or read from plan.json
    comment   result                 a pull request's comment: its plans · the results of an apply
    outcome   undo   number          what an apply came to, the way back, one number
"""
