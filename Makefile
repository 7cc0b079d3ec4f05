# Two commands on a fresh machine: `make run` and `make test`. They need Python 3.11 or newer with venv, make and git.

PORT ?= 8000
DATA ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PYTEST := $(BIN)/python -m pytest

.PHONY: help run test test-real test-long check format schema docs shots bench needs

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile

run: .venv/.run ## the demo assembly on http://127.0.0.1:8000 (PORT= for another)
	@$(BIN)/luzhi migrate
	@$(BIN)/luzhi demo --if-empty
	@exec $(BIN)/luzhi serve --port $(PORT)

test: .venv/.dev needs ## all tests but the long ones, on all processors, with coverage
	@mkdir -p var/test
	@$(PYTEST) --numprocesses auto --dist worksteal --durations 30 --cov --cov-report=term --cov-report=json:var/test/coverage.json; \
	tests=$$?; $(BIN)/python -m tools.coverage_gate var/test/coverage.json && exit $$tests

test-real: .venv/.dev needs ## the import of real files: make test-real DATA=folder
	@test -d "$(DATA)" || { echo "There is no folder DATA=$(DATA). Say: make test-real DATA=folder" >&2; exit 1; }
	REAL_DATA="$(abspath $(DATA))" $(PYTEST) -m real

test-long: .venv/.dev needs ## what takes long: many people, many processes
	$(PYTEST) -m long

check: .venv/.dev ## format, lint, types, templates, schema, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/bandit --configfile pyproject.toml --quiet --recursive server web
	$(BIN)/mypy
	$(BIN)/djlint web/templates --lint --quiet
	$(BIN)/python -m tools.schema --check
	$(BIN)/python -m tools.translations

format: .venv/.dev ## what check asks of the form of the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/.dev ## server/schema.graphql anew
	$(BIN)/python -m tools.schema

docs: .venv/.dev ## docs/settings.md anew
	$(BIN)/python -m tools.settings_page

shots: .venv/.dev needs ## pictures of the pages into screenshots/
	$(BIN)/python -m tools.shots

bench: .venv/.dev ## how fast we are, beside the limit and PostGraphile; SCALE=50 for 100,000 members
	$(BIN)/python -m bench

needs: .venv/.dev
	@$(BIN)/python -m tools.needs

.venv/bin/python:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			exec $$python -m venv .venv; \
		fi; \
	done; echo "Python 3.11 or newer with venv was not found. Install it, then try again." >&2; exit 1

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable '.[dev]'
	@touch .venv/.run $@
