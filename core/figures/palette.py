"""The colours and what each one means, the same in every lesson; all stand out on white and on black."""

PALETTE: dict[str, str] = {
    "positive": "#3B82F6",  # a weight or number above zero
    "negative": "#F0791E",  # below zero
    "train": "#8B5CF6",  # training data
    "test": "#12A574",  # data the network has never trained on
    "forward": "#0EA5C6",  # values on their way forward
    "backward": "#E0448F",  # gradients on their way back
    "accent": "#EAB308",  # where the reader's hand is
    "neutral": "#8592A6",  # axes, zero, everything else
    # things that are merely told apart; with more than three, the dash tells the rest
    "first": "#3D50E0",
    "second": "#8A5F2A",
    "third": "#B012A0",
    # guesses that were graded; a mark or a word says the same for those who see no green or red
    "right": "#0C8A62",
    "wrong": "#CF3A35",
    # what a learning rate makes of the walk
    "stable": "#0C8A62",  # it comes nearer at each step
    "swinging": "#9A9200",  # it comes nearer, from side to side
    "unstable": "#CF3A35",  # it never arrives
}
WALKS = {  # the colour of each `core.descent.Verdict.kind`
    "still": "neutral",
    "crawl": "neutral",
    "monotone": "stable",
    "one_step": "stable",
    "bounce": "swinging",
    "forever": "unstable",
    "diverge": "unstable",
}


def faded(name: str, opacity: float) -> str:
    """Return a colour of the palette that lets the page shine through."""
    red, green, blue = bytes.fromhex(PALETTE[name][1:])
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


# From negative through nothing to positive; the middle is transparent, so it is the page's own colour.
DIVERGING: list[tuple[float, str]] = [
    (0.0, "#C2540A"),
    (0.25, PALETTE["negative"]),
    (0.5, faded("neutral", 0.08)),
    (0.75, PALETTE["positive"]),
    (1.0, "#1747A6"),
]
