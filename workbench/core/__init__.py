"""Plain values that everything else stands on: the graph, its edits, files, errors. No torch, no Qt."""
