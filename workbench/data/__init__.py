"""Where samples come from, how they are split, augmented and put into batches."""
