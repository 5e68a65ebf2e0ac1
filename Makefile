# Two commands are all a new machine needs: `make reports` and `make test`.
# They want Python >= 3.11, make and git; everything else is installed here, into .venv.

PYTHON ?= python3
UV     ?= $(shell command -v uv || echo .uv/bin/uv)
RUN    := .venv/bin
OUT    ?= data/out
PERIOD ?= last-closed
LANGS  ?= zh,en

export UV_PYTHON_DOWNLOADS = never

.PHONY: help reports test check bench sample lock clean

help:            ## list the commands
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' $(MAKEFILE_LIST)

reports: .venv/.ready   ## render the latest closed month's report of every team of the sample company
	$(RUN)/salesperf load sample
	$(RUN)/salesperf render 90_monthly_report --source sample --period $(PERIOD) --lang $(LANGS) --out $(OUT)

test: .venv/.ready      ## run the tests
	$(RUN)/pytest -n 2 -q

check: .venv/.ready     ## ruff, types, import contracts, notebooks stored without outputs, params and data
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/basedpyright
	$(RUN)/lint-imports
	$(RUN)/nbstripout --keep-id --verify notebooks/*.ipynb
	$(RUN)/salesperf check

bench: .venv/.ready     ## time and memory against peers, one table
	$(RUN)/python benchmarks/run.py

sample: .venv/.ready    ## write the sample company's exports again (the same bytes)
	$(RUN)/salesperf sample

lock: $(UV)             ## resolve the dependencies again
	$(UV) lock

.venv/.ready: pyproject.toml uv.lock $(UV)
	$(UV) sync --locked --compile-bytecode --quiet --python $(PYTHON)
	@touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

clean:           ## remove what the commands above made (the snapshots stay)
	rm -rf .venv .uv data/out
