# The commands of the house. `make` alone lists them. They work from a bare clone with Python 3.11+ and make.
PORT ?= 8000
DATABASE ?= var/alongside.sqlite3
PYTHON ?= python3
export PORT DATABASE

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup build demo serve test check types lint unit web-test journeys looks letters sim mutants drill bench proof conformance screenshots lock clean browsers

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: .venv/.ready node_modules/.ready ## Python and npm packages, by lock files with hashes

.venv/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Alongside needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt -r requirements-dev.txt
	printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/alongside.pth"
	printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m server "$$@"\n' "$(CURDIR)" > $(BIN)/alongside && chmod +x $(BIN)/alongside
	touch $@

node_modules/.ready: package.json package-lock.json .venv/.ready
	$(BIN)/python -m web.build npm
	touch $@

build: setup ## templates, catalogue, schema and scripts of the phone, into web/dist
	$(BIN)/python -m web.build

demo: build ## the demo organisation on embedded SQLite, at http://127.0.0.1:$(PORT)
	$(BIN)/python -m server demo

serve: build ## the office alone
	$(BIN)/python -m server migrate
	$(BIN)/python -m server serve

browsers: setup ## the three browsers that the journeys drive, from Debian
	$(BIN)/python -m tests.support.browsers

test: build browsers lint types ## everything that must hold, within 25 minutes
	$(MAKE) --jobs=2 --keep-going --output-sync=target unit journeys web-test looks letters

lint: build ## ruff, import contracts, biome, house style
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m web.build biome

types: build ## mypy and tsc, both strict
	$(BIN)/mypy
	$(BIN)/python -m web.build tsc

unit: build ## pytest: agreement, office, parity, faults, conformance
	$(BIN)/python -m pytest --durations=15 --ignore=tests/journeys

web-test: build ## vitest: the phone's own code
	$(BIN)/python -m web.build vitest

# Every screen for looks and access is a walk of its own, so that two cores share the browsers' work evenly.
LOOKS := $(addprefix tests/journeys/test_,access.py by_ear.py)
LETTERS := tests/journeys/test_long_words.py

journeys: build browsers ## the journeys in real browsers, but for looks and letters
	$(BIN)/python -m pytest --durations=15 tests/journeys $(patsubst %,--ignore=%,$(LOOKS) $(LETTERS))

looks: build browsers ## every screen: access, targets, dark, small, by ear
	$(BIN)/python -m pytest --durations=15 $(LOOKS)

letters: build browsers ## every screen with words half as long again and letters twice as large
	$(BIN)/python -m pytest --durations=15 $(LETTERS)

sim: setup ## simulated histories: SEEDS=2000 JOBS=2, or SEED=17 to replay one
	$(BIN)/python -m sync.simulation $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),2000) --jobs $(or $(JOBS),2))

mutants: setup ## seeded bugs that the simulation must catch, as a table; `unit` checks each too
	$(BIN)/python -m sync.simulation --mutants

drill: setup ## the server is lost in mid-sync and comes back from its last backup and five phones
	$(BIN)/python -m pytest tests/server/backup/test_drill.py

bench: build browsers ## the figures of docs/benchmarks.md, ratios in one run
	$(BIN)/python -m tests.journeys.phone_bench
	$(BIN)/python -m tests.journeys.directory_bench
	$(BIN)/python -m server bench

screenshots: build browsers ## every screen, phone and desktop, light and dark, into var/screenshots
	$(BIN)/python -m tests.journeys.screenshots

proof: test ## the full figures: 200 of each kill, whole conformance runs, 100,000 histories
	PROOF=1 $(BIN)/python -m pytest tests/faults tests/server/backup/test_drill.py tests/conformance tests/journeys
	$(BIN)/python -m sync.simulation --seeds 100000 --jobs 2
	$(BIN)/python -m tests.support.proof

conformance: setup ## the kit against an office: URL=http://127.0.0.1:8000 ACCOUNTS=var/demo.json
	$(BIN)/python -m tests.conformance --base-url $(or $(URL),http://127.0.0.1:$(PORT)) --accounts $(or $(ACCOUNTS),var/demo.json)

lock: ## renew the lock files (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group dev -c requirements.txt -o requirements-dev.txt

clean: ## forget everything built or installed
	rm -rf .venv node_modules web/dist web/pocket/generated var
