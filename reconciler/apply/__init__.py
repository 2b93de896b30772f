"""Plan × client × state → outcomes: the only place where numbers are changed."""
