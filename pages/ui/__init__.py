"""Everything of the user interface that is not a lesson: frame, controls, state, canvas, live runs."""
