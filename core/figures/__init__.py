"""Data in, figure out, in the words of plotly.js: the only place that knows Plotly."""
