# Every target sets up what it needs; a second call starts at once.
BIN := .venv/bin
PORT ?= 8501

.PHONY: run test test-all test-urls test-cluster fuzz lint bench load reliability data model clean

run: .venv/ready
	MALLOC_ARENA_MAX=1 $(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/ready-dev .venv/ready-browser .venv/ready-postgres
	$(BIN)/python -m pytest

test-all: .venv/ready-dev .venv/ready-browser .venv/ready-postgres
	$(BIN)/python -m pytest --all

test-urls: .venv/ready-dev
	$(BIN)/python -m pytest tests/app/test_urls.py --all

fuzz: .venv/ready-dev
	$(BIN)/python -m pytest tests/fuzz --all -s

test-cluster: .venv/ready-dev .venv/ready-browser .venv/ready-postgres .venv/ready-cluster
	$(BIN)/python -m pytest --engine ray tests/unit/test_runs_engine.py tests/unit/test_runs_faults.py tests/unit/test_owners.py tests/cluster tests/unit/test_deploy.py

lint: .venv/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m scripts.audit

bench: .venv/ready-dev .venv/ready-browser
	$(BIN)/python -m tests.benchmarks

load: .venv/ready-dev
	$(BIN)/python -m tests.load

reliability: .venv/ready-dev .venv/ready-postgres
	$(BIN)/python -m tests.reliability

data: .venv/ready
	$(BIN)/python -m scripts.build_data

model: .venv/ready
	$(BIN)/python -m scripts.build_model
	$(BIN)/python -m scripts.build_small_reader

clean:
	rm -rf .venv build var

.venv/ready: requirements.txt scripts/make_venv.sh
	sh scripts/make_venv.sh requirements.txt
	touch $@

.venv/ready-dev: requirements.txt requirements-dev.txt scripts/make_venv.sh
	sh scripts/make_venv.sh requirements-dev.txt
	touch .venv/ready $@

.venv/ready-browser: .venv/ready-dev scripts/find_browser.sh
	sh scripts/find_browser.sh
	touch $@

.venv/ready-postgres: .venv/ready-dev scripts/find_postgres.sh
	sh scripts/find_postgres.sh
	touch $@

.venv/ready-cluster: .venv/ready-dev requirements-cluster.txt scripts/find_cluster.sh
	sh scripts/make_venv.sh requirements-cluster.txt
	sh scripts/find_cluster.sh
	touch $@
