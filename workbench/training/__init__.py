"""Training: a generator of frozen events, with exact resume. No Qt."""
