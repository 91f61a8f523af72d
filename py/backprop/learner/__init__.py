"""The learner's code: compiled, run under a time limit, and its errors as sentences."""
