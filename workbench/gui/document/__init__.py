"""The open project: the session with its undo, its file, and its unsaved work."""
