"""The parts of lessons that are too large for one page script."""
