"""CNN Workbench: draw a convolutional network, train it while watching, and see what it has learnt."""

__version__ = "0.1.0"
