"""Runs: a training from the wish (`RunSpec`) through an `Engine` of worker processes to the store that keeps it."""
