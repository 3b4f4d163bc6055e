"""Small real models and runs, each made for one lesson: what it shows is what it computes."""
