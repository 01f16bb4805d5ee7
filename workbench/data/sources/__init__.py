"""Every data source, one file each."""
