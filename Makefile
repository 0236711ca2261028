# Every target sets up what it needs. The stamps in .venv make a second call instant.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install demo test check format lint types imports bench bench-scoring soak picture lock clean

BIN := .venv/bin
ARGS ?=
# One test more at a time than there are cores, for a test also waits; five at most, for each may drive a browser.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
	[ $$cores -lt 2 ] && cores=2; [ $$cores -gt 4 ] && cores=4; echo $$((cores + 1)))

# The locked versions were resolved on 3.11, so that one is taken where there is a choice.
FIND_PYTHON = for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
# Hashes for everything that is downloaded; our own code as it lies here (quieter, for setuptools warns of what is meant).
INSTALL = $(PIP) install --require-hashes $(foreach file,$(filter %.txt,$^),-r $(file)) && \
	$(PIP) --quiet install --no-deps --no-build-isolation --editable .
# No file may say where its packages came from: neither the machine nor the registry.
LOCK = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host $(ARGS)

help:
	@echo "make demo     the whole of Tessera with a sample coffee house, no account anywhere"
	@echo "make test     the tests (ARGS='tests/unit -k lots' for some of them)"
	@echo "make check    what CI runs: format, lint, types, imports, tests"
	@echo "make format   put the code into shape"
	@echo "make bench    the figures of docs/benchmarks.md"
	@echo "make soak     a million attempts at what is limited (ARGS=20000 for fewer); nothing may leak"
	@echo "make bench-scoring  the figures of docs/evidence.md"
	@echo "make picture  the picture of the README, taken anew from a demo"
	@echo "make install  everything for development into .venv"
	@echo "make lock     work out requirements/*.txt anew (ARGS=--upgrade for newer versions)"
	@echo "make clean    remove what the targets above made, the environment included"

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); if [ -z "$$python" ]; then \
		echo "Tessera needs Python 3.11 or newer; this machine has $$(python3 --version 2>&1 || echo none)." >&2; \
		echo "On Debian 12 and later: apt-get install python3 python3-venv" >&2; exit 1; fi; \
	echo "Making .venv with $$python"; "$$python" -m venv .venv

.venv/dev.stamp: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what requirements/dev.txt locks: a few minutes the first time"
	@$(INSTALL)
	@touch $@ .venv/demo.stamp

.venv/demo.stamp: requirements/demo.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "Installing what requirements/demo.txt locks: a minute or two the first time"
	@$(INSTALL)
	@touch $@

install: .venv/dev.stamp

demo: .venv/demo.stamp
	@$(BIN)/tessera demo $(ARGS)

test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types imports test

format: .venv/dev.stamp
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: .venv/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .venv/dev.stamp
	@$(BIN)/mypy

imports: .venv/dev.stamp
	@$(BIN)/lint-imports

bench: .venv/dev.stamp
	@$(BIN)/python -m bench $(ARGS)

soak: .venv/dev.stamp
	@$(BIN)/python -m bench.soak $(ARGS)

bench-scoring: .venv/dev.stamp
	@$(BIN)/python -m bench.scoring $(ARGS)

picture: .venv/dev.stamp
	@$(BIN)/python -m tests.journeys.picture

# The first file decides the versions, the smaller ones repeat its choice.
lock: .venv/dev.stamp
	$(LOCK) --extra=dev --extra=sandbox --extra=dask --output-file=requirements/dev.txt pyproject.toml
	$(LOCK) --constraint=requirements/dev.txt --extra=sandbox --output-file=requirements/demo.txt pyproject.toml
	$(LOCK) --constraint=requirements/dev.txt --output-file=requirements/run.txt pyproject.toml
	$(LOCK) --constraint=requirements/dev.txt --extra=dask --output-file=requirements/dask.txt pyproject.toml
	echo 'setuptools>=77' | $(LOCK) --constraint=requirements/dev.txt --output-file=requirements/build.txt -

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist artifacts *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
