"""Log lines with fields: `key=value` for people, JSON for machines; an owner is never written out."""

import hashlib
import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

NAME = "seven_steps"
FORMATS = ("text", "json")
LONGEST = 2_000  # characters of a field


def log(level: int, event: str, error: BaseException | None = None, **fields: object) -> None:
    """Write one line about an event with its fields, and the stack of an error."""
    logging.getLogger(NAME).log(level, event, exc_info=error, extra={"fields": fields})


def short(owner: str) -> str:
    """Return eight hexadecimal digits that stand for an owner, from which nobody gets the cookie back."""
    return hashlib.sha256(owner.encode()).hexdigest()[:8]


class Lines(logging.Formatter):
    """`2026-11-22T10:00:00Z INFO run ended run=… status=finished`, and a stack below it when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        fields = " ".join(f"{key}={_word(value)}" for key, value in fields_of(record).items())
        line = f"{moment(record)} {record.levelname} {_one_line(record.getMessage())} {fields}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object a line, the stack of an error as a field."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told: dict[str, Any] = {"time": moment(record), "level": record.levelname, "event": record.getMessage()}
        told |= fields_of(record)
        if record.exc_info:
            told["stack"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)


def fields_of(record: logging.LogRecord) -> Mapping[str, object]:
    """Return the fields that `log` gave a record, empty ones left out; none for other records."""
    fields: Mapping[str, object] = getattr(record, "fields", {})
    return {key: value[:LONGEST] if isinstance(value, str) else value for key, value in fields.items() if value != ""}


def moment(record: logging.LogRecord) -> str:
    """Return when a record was made, in UTC to the millisecond."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"


def configure_logs(form: str | None = None) -> None:
    """Send our lines to the error output as `$SEVEN_STEPS_LOG` says, text or json; raises `ValueError`.

    With json the lines of all others, Python's warnings too, become JSON as well, so that every line can be read.
    """
    form = form or os.environ.get("SEVEN_STEPS_LOG") or "text"
    if form not in FORMATS:
        raise ValueError(f"SEVEN_STEPS_LOG is {form!r}; it must be one of {', '.join(FORMATS)}")
    logger = logging.getLogger(NAME)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False  # whoever else has a handler at the root shows no line twice
    if form == "json":
        _adopt_others()


def _adopt_others() -> None:
    """Write what other loggers have to say as JSON: those with a handler of their own, and at the root the rest."""
    logging.captureWarnings(True)
    if not logging.root.handlers:
        logging.root.addHandler(logging.StreamHandler(sys.stderr))
    if logging.lastResort is not None:  # for those that have no handler and hand nothing on, as uvicorn's
        logging.lastResort.setFormatter(JsonLines())
    for logger in (logging.root, *map(logging.getLogger, list(logging.root.manager.loggerDict))):
        for handler in logger.handlers:
            if type(handler) is logging.StreamHandler:
                handler.setFormatter(JsonLines())


def _word(value: object) -> str:
    """Return a value as one word: in quotes when it has spaces, with line breaks escaped, so that no line is forged."""
    text = _one_line(str(value))
    return json.dumps(text, ensure_ascii=False) if not text or " " in text or '"' in text or "=" in text else text


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
