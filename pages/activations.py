"""Activations: what a neuron does with its sum, and what that means for a stack of layers."""

from core.activations import ACTIVATIONS
from core.experiments.collapse import collapse, train_stack
from core.experiments.dead_units import shock
from core.experiments.vanishing import chain, gradient_sizes
from core.losses import softmax_cross_entropy_terms
from pages.ui.frame import Part, open_lesson
from pages.ui.parts import activation_runs
from pages.ui.parts.activation_depth import dead_part, deep_part
from pages.ui.parts.activation_shapes import function_part, softmax_part
from pages.ui.parts.activation_stack import stack_part

PARTS = {
    "function": Part("One function", function_part, activation_runs.steepest_sigmoid),
    "stack": Part("A stack", stack_part, activation_runs.larger_linear_stacks),
    "deep": Part("Deep", deep_part, activation_runs.sigmoid_through_twenty),
    "dead": Part("Dead units", dead_part, activation_runs.a_third_of_the_violence),
    "softmax": Part("Softmax", softmax_part, activation_runs.softmax_shifted),
}

lesson = open_lesson("activations")
lesson.parts(PARTS)
lesson.close(
    code=[
        *(ACTIVATIONS[name].function for name in ("leaky_relu", "gelu")),
        train_stack,
        collapse,
        chain,
        gradient_sizes,
        shock,
        softmax_cross_entropy_terms,
    ]
)
