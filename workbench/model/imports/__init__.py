"""Networks of other programs as graphs: one file for each format; nothing in a file is run."""
