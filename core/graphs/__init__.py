"""Computation graphs as tables to draw: layout, words, values forward, gradients back."""
