"""Training steps of this page beside those of other programs."""
