"""For the workflows: posting comments, and which plans count as reviewed.

What a comment says is made in :mod:`reconciler.report.comment`.

::

    commenting  telling           after a plan · after an apply
                unfinished        the issue about an apply that did not finish
    posting     reviewed          one comment, created or updated · plans proven by their runs
    outcome     event             files from the job that applies · the event that started the run
    planned                       the files of a pull request's plans
    client      archive           the part of GitHub's API that is used · files of an artifact
    http                          requests with retries and rate limits

Nothing from a pull request is trusted: its specs are read as data by the default branch's code. An
artifact is read within limits, must match its schema, and its text is escaped where it is shown.
"""
