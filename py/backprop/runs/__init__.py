"""Training runs: configuration, identity, twins, and their saved record."""
