"""What the importers share: graphs that grow while other networks are read, and how other calls become layers."""
