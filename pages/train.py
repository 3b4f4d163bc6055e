"""The loop: the seven steps as a map."""

from pages.ui.frame import open_lesson

lesson = open_lesson("train")
lesson.close()
