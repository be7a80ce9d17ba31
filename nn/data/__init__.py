"""Data on their way into training: batches in random order, and parts to train and to validate on."""
