"""From a drawing to the 28 × 28 image a network reads, made in the way the digits of MNIST were made."""

from core.canvas.ink import EmptyDrawing
from core.canvas.preparation import STEPS, Preparation, Stage, Step, center, fit, prepare, squash

__all__ = ["STEPS", "EmptyDrawing", "Preparation", "Stage", "Step", "center", "fit", "prepare", "squash"]
