"""Files that other programs read a network from: one kind of file each, found by itself."""
