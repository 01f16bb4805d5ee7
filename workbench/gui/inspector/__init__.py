"""The form for the node that is selected."""
