# A bare machine needs Python 3.11+ with its venv module, make, and nothing else. `make run` does the rest.
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --no-input --quiet --no-compile
PYTEST := $(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder --durations=15 -rfEs
CODE := salescrm staff clients deals segmentation kpi tests bench manage.py

export PYTHONUTF8 := 1
# The terminal's language is no reason to store or read text in another encoding.
export LC_ALL := C.UTF-8

.PHONY: run install browser test slow test-all bench lint format
.DEFAULT_GOAL := run

run: .venv/.installed browser
	@$(PY) -m salescrm.processes run

install: .venv/.installed browser
	@$(PY) -m salescrm.processes prepare

browser: .venv/.installed
	@$(PY) -m salescrm.translations
	@$(PY) -m salescrm.assets

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo 'salescrm: making the virtual environment'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: requirements.txt .venv/.made
	@echo 'salescrm: installing dependencies'
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.developing: requirements-dev.txt .venv/.installed
	@$(PIP) -r requirements-dev.txt
	@touch $@

lint: .venv/.developing browser
	$(PY) -m ruff check $(CODE)
	$(PY) -m ruff format --check $(CODE)
	$(PY) -m mypy $(CODE)
	$(PY) -m djlint --quiet --check --lint templates
	$(PY) .venv/bin/lint-imports
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	SALESCRM_URL=https://crm.example $(PY) manage.py check --deploy --fail-level WARNING

format: .venv/.developing
	$(PY) -m ruff check --fix $(CODE)
	$(PY) -m ruff format $(CODE)
	$(PY) -m djlint --quiet --reformat templates

# COVERAGE=--cov counts the lines run, as CI does; that takes half as long again.
COVERAGE ?=
test: lint
	$(PYTEST) -m 'not slow' $(COVERAGE)

# SLOW='slow and not long' leaves out what takes many minutes each.
SLOW ?= slow
slow: .venv/.developing browser
	$(PYTEST) -m '$(SLOW)'

test-all: test slow

bench: .venv/.developing browser
	$(PY) -m bench
