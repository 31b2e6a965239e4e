# make course | test | lab | bench | lint | stress.  PYTHON=python3.12 make ... chooses the Python of the environment.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready

.PHONY: setup course test lab bench lint stress

setup: $(READY)

# Made again when the pins change.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Toonkit needs Python 3.11, 3.12 or 3.13; try: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Nothing below uses the network: sources come from the cache or from TOONKIT_MIRROR, or the notebook says they are absent.
course: $(READY)
	TOONKIT_OFFLINE=1 $(VENV)/bin/toonkit run --all --exercises

test: $(READY)
	TOONKIT_OFFLINE=1 MPLBACKEND=agg OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -n logical --dist loadfile

lab: $(READY)
	$(VENV)/bin/jupyter lab notebooks

bench: $(READY)
	$(VENV)/bin/toonkit bench all

# An hour of attacks, or STRESS_MINUTES=20 make stress.
stress: $(READY)
	TOONKIT_OFFLINE=1 MPLBACKEND=agg OMP_NUM_THREADS=1 $(VENV)/bin/python tests/stress

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/toonkit exercises --check
