"""What stands above a picture: the numbers at the reader's hand."""

import re


def readings(page):
    """The numbers of the read-out, by name."""
    parts = [re.fullmatch("(.+) [=≈] (.+)", part) for part in page.locator(".read span").all_text_contents()]
    return {part[1]: float(part[2].replace("−", "-")) for part in parts if part}
