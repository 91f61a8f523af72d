"""Compiled inner loops for NumPy in the browser: their installation, their self-test, the switch."""
