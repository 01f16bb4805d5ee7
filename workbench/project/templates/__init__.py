"""Networks to start from, one file each."""
