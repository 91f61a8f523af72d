"""The calls of the page, by subject; `Session` has them all."""
