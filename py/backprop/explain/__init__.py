"""Explanations of how each number was computed, term by term."""
