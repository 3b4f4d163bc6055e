"""What the unit tests share: random cases without a clock, so that a busy machine fails no test."""

from hypothesis import settings

settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
