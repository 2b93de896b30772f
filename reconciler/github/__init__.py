"""For the workflows: the comment of a pull request, and the plans that were reviewed.

::

    commenting  telling           after a plan's run · after an apply
    posting     reviewed          one comment, created or updated · plans of merged pull requests
    outcome     event             files from the job that applies · the event that started the run
    comment     result            the comment's text: plans · results of an apply; pure
    client      archive           the part of GitHub's API that is used · files of an artifact
    http                          requests with retries and rate limits

Nothing from a pull request is trusted: an artifact is read within limits, must match its schema,
and its text is escaped where it is shown.
"""
