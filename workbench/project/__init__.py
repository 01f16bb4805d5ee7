"""The project: its document, its file, its runs, and the templates it can start from."""
