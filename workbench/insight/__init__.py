"""Seeing what a network has learnt: activations, filters, and the way back to the pixels. No Qt."""
