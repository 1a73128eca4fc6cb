"""Measurements of speed and size against their targets; `make bench` runs all of them."""
