"""Measurements of a run: history, gradient flow, warnings, histograms."""
