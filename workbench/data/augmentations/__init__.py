"""Random changes of training pictures: one file for each augmentation."""
