"""The window: a thin skin that shows values and sends edits. The only package that knows Qt."""
