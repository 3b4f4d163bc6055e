"""Commands that build the project's own assets: `python -m scripts.<name>`."""
