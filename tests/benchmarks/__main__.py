"""Every benchmark in turn, never two at once: `python -m tests.benchmarks`, which `make bench` runs."""

from tests.benchmarks import engine, lessons, page, training

for benchmark in (training, engine, page, lessons):
    print(f"\n{benchmark.__doc__.splitlines()[0]}", flush=True)
    benchmark.main()
