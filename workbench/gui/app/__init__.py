"""Starting and ending the program: application, hooks, crash reports, the tour."""
