"""Blocks: parts of known networks that are copied onto the canvas, one file each."""
