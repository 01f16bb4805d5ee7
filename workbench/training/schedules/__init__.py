"""How the learning rate changes during a run: one file for each schedule."""
