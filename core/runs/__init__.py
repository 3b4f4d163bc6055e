"""Runs: a training from the wish (`RunSpec`) through an `Engine` of worker processes to the store that keeps it."""

from core.runs.default import check_settings, get_engine
from core.runs.engine import (
    Command,
    Engine,
    EngineAway,
    EngineStats,
    Pause,
    Progress,
    QueueFull,
    Resume,
    RunSummary,
    SetLearningRate,
    Snapshot,
    Status,
    StepN,
    Stop,
    UnknownRun,
)
from core.runs.spec import RunSpec

__all__ = [
    "Command",
    "Engine",
    "EngineAway",
    "EngineStats",
    "Pause",
    "Progress",
    "QueueFull",
    "Resume",
    "RunSpec",
    "RunSummary",
    "SetLearningRate",
    "Snapshot",
    "Status",
    "StepN",
    "Stop",
    "UnknownRun",
    "check_settings",
    "get_engine",
]
