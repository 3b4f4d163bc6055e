"""How long runs, their learners and their processes are waited for, and what is said when the waiting ends."""

WATCHED_SECONDS = 3.0  # somebody who asked so recently is still watching
LOOK_SECONDS = 0.5  # between two sets of weights
PARK_SECONDS = 5.0  # a pause, after which others may have the worker
ABANDONED_SECONDS = 600.0  # a pause that nobody has watched, after which the run is put away
OVERTIME_SECONDS = 60.0  # with a worker, pauses left out, beyond the seconds of training that a run may take
MAX_DEATHS = 3  # workers that a run may lose

DIED = "The process that trained this run died; a new one takes over."
TOOK_OVER = "The process that trained this run died; a new one took over after step {step}."
HUNG = "The process that trained this run no longer answered; a new one takes over."
HUNG_TOOK_OVER = "The process that trained this run no longer answered; a new one took over after step {step}."
GAVE_UP = "The process that trained this run died {deaths} times, and it was given up at step {step}."
ABANDONED = "This run was put away, for nobody had looked at it during a long pause. It can go on where it was."
