"""Metrics of a prediction against its answer: one file each, found by themselves."""
