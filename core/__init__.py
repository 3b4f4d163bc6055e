"""The mathematics, data and training of Seven Steps: torch and NumPy, no user interface."""
