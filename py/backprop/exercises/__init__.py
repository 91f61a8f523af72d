"""Exercises: write backpropagation yourself, one function at a time."""
