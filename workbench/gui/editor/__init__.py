"""The canvas on which the network is drawn."""
