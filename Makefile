# Every command does its own set-up. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup venv debian papier demo test lint format bench canary lock paquet
.PHONY: lint-python lint-types lint-imports lint-sql lint-mots lint-fusion lint-tests

BIN := .venv/bin
# WeasyPrint draws text with the first; tests alone need the others.
PAPIER := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
ESSAIS := chromium-headless-shell postgresql
# Images often forbid to keep compiled modules; the hundred processes that tests start would compile
# all of the project again, each time.
export PYTHONDONTWRITEBYTECODE :=

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: ## make .venv hold what requirements.lock says, and install Debian's packages meanwhile
	@$(MAKE) --no-print-directory --jobs debian venv

venv:
	@.ci/setup

debian:
	@.ci/debian $(PAPIER) $(ESSAIS)

papier:
	@.ci/debian $(PAPIER)

demo: ## make invented deliveries, load and control them, show the month, serve it
	@$(MAKE) --no-print-directory --jobs papier venv
	@$(BIN)/infocentre demo $(ARGS)

test: lint ## lint, then run the tests (ARGS="-k …" chooses)
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: venv ## ruff, mypy, import-linter, sqlfluff, codespell, marks of merges, tests that load
	@$(MAKE) --no-print-directory --jobs --output-sync=target lint-python lint-types lint-imports lint-sql lint-mots lint-fusion lint-tests

lint-python:
	$(BIN)/ruff check
	$(BIN)/ruff format --check

lint-types:
	$(BIN)/mypy

lint-imports:
	$(BIN)/lint-imports --no-logo

lint-sql:
	$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar queries

lint-mots:
	$(BIN)/codespell

# git finds the marks that a merge left in what it holds; its own check of blanks is not ours.
lint-fusion:
	@! git grep --line-number --extended-regexp '^(<{7}|={7}|>{7}|[|]{7})( |$$)' -- . || \
		{ echo "Marks of an unfinished merge: say which version is true, once."; exit 1; }

# Each test file is read: what processes of a run would each compile is compiled.
lint-tests: debian
	@$(BIN)/pytest --collect-only -q -q -p no:cacheprovider >/dev/null || \
		$(BIN)/pytest --collect-only -q -q

format: setup ## put Python and SQL files in the project's layout
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/sqlfluff fix --processes 0 --disable-progress-bar queries

bench: setup ## run the benchmarks, pages in a browser with its windows
	@.ci/debian chromium
	$(BIN)/python -m benchmarks

canary: setup ## the tests with the newest dependencies, under Python 3.11, with one more indicator
	.ci/canary

lock: setup ## make requirements.lock again from pyproject.toml
	@.ci/lock

paquet: setup ## make dist/: the wheel and what installs it on a server
	@$(BIN)/python .ci/paquet
