"""The workflows' side: one comment for a pull request, and the plans that were reviewed.

::

    posting   reviewed            one comment, created or updated · plans of merged pull requests
    comment ← result   overlap    all that it says; pure, rendered of plans alone
    client    archive             GitHub's API, as little of it as is needed · an artifact's files
    event ← http                  what GitHub says started the run · requests that wait and repeat

Nothing that comes from a pull request is taken on trust: an artifact is read within limits, fits
its schema or is not used, and what it says is shown as letters alone.
"""
