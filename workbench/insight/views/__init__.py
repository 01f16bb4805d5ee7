"""Every way of looking at a network, one file each."""
