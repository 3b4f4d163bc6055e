"""Predict, then run, as a reader plays it: a wrong answer first, then the right one, in a part of each lesson."""

import pytest
from playwright.sync_api import expect

RIGHT = {
    "forward_pass": 1,
    "activations?part=Softmax": 0,
    "loss_functions?part=Cross-entropy": 0,
    "gradient_descent?part=Two+weights": 1,
    "learning_rate?part=Side+by+side": 2,
    "backpropagation": 2,
}


@pytest.mark.parametrize("path", RIGHT)
def test_the_run_grades_a_wrong_and_a_right_answer(visit, path):
    page = visit(f"/{path}")
    answers = page.get_by_role("radiogroup", name="Your prediction").first.locator("label")
    run, right = page.get_by_role("button", name="Run it").first, answers.nth(RIGHT[path])
    praise, truth = page.get_by_text("You were right."), page.get_by_text("The run says:")
    expect(run).to_be_disabled()
    answers.nth((RIGHT[path] + 1) % 3).click()
    expect(run).to_be_enabled()
    expect(praise.or_(truth)).to_have_count(0)  # nothing is said before the run
    run.click()
    expect(truth).to_contain_text(f"The run says: {right.text_content().strip()}.")
    expect(praise).to_have_count(0)
    right.click()
    run.click()
    expect(praise).to_be_visible()
    expect(truth).to_have_count(0)
