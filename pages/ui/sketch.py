"""What a session keeps of a drawing, and how it is written into the database."""

import base64
import json
from dataclasses import dataclass
from typing import Any

MAX_STROKES = 2_000


@dataclass
class Sketch:
    """What this session keeps of a drawing."""

    strokes: dict[str, Any] | None = None
    picture: bytes | None = None  # PNG; a canvas opened with strokes does not send it until the next stroke
    opened_with: dict[str, Any] | None = None
    sheet: int = 0  # how often the reader took a new one

    def dumps(self) -> str:
        """Return strokes and picture as JSON."""
        picture = base64.b64encode(self.picture).decode("ascii") if self.picture else None
        return json.dumps({"strokes": self.strokes, "picture": picture})

    @classmethod
    def loads(cls, text: str | None) -> "Sketch":
        """Return the sketch that `dumps` wrote, an empty one for anything else."""
        try:
            data = json.loads(text or "{}")
            strokes, picture = data.get("strokes"), base64.b64decode(data.get("picture") or "") or None
        except (ValueError, AttributeError, TypeError, RecursionError):
            return cls()
        return cls(strokes, picture) if is_drawing(strokes) else cls()


def is_drawing(strokes: object) -> bool:
    """Return whether something has the form of a canvas's strokes: an object with a list of objects."""
    if not isinstance(strokes, dict) or not isinstance(strokes.get("objects"), list):
        return False
    return len(strokes["objects"]) <= MAX_STROKES and all(isinstance(stroke, dict) for stroke in strokes["objects"])
