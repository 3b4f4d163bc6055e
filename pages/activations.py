"""Activations: what a neuron does with its sum, and what that means for a stack of layers."""

from pages.ui.frame import Part, open_lesson
from pages.ui.parts import activation_runs
from pages.ui.parts.activation_depth import dead_part, deep_part
from pages.ui.parts.activation_shapes import function_part, softmax_part
from pages.ui.parts.activation_stack import stack_part

PARTS = {
    "function": Part("One function", function_part, {"function": activation_runs.steepest_sigmoid}),
    "stack": Part("A stack", stack_part, {"stack": activation_runs.larger_linear_stacks}),
    "deep": Part("Deep", deep_part, {"deep": activation_runs.sigmoid_through_twenty}),
    "dead": Part("Dead units", dead_part, {"dead": activation_runs.a_third_of_the_violence}),
    "softmax": Part("Softmax", softmax_part, {"softmax": activation_runs.softmax_shifted}),
}

lesson = open_lesson("activations")
lesson.parts(PARTS)
lesson.close()
