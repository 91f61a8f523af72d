"""File formats of runs: run files, history rows, PyTorch scripts, CSV."""
