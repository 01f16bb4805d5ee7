"""Every layer, one file (or one folder, where it has torch code of its own) each."""
