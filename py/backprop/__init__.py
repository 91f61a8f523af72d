"""Backpropagation from scratch: a neural network written by hand in NumPy."""
