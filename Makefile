.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
REQUESTS ?= 1000000
DOCUMENTS ?= 20000
PYTHONS ?= python3.12 python3.13
# One more than there are processors: tests wait for servers, disks and each other.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
# Tests start some hundred processes; each would compile all of gongzhi again where this is set, as images often have it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "gongzhi needs Python 3.11 or newer; run make with PYTHON=path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "gongzhi needs Python 3.11 or newer, found $$($(PYTHON) --version); run make with PYTHON=path/to/python"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "This Python cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing gongzhi and its dependencies into $(VENV)"
	@$(PIP) install --quiet --editable '.[dev]'
	@touch $@

.PHONY: install
install: $(STAMP) ## create .venv with gongzhi and everything needed to develop it

.PHONY: serve
serve: install ## serve the demo on SQLite: prints where to look and a token for each demo account
	@$(BIN)/gongzhi demo

.PHONY: check
check: install ## lint, formatting and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

.PHONY: test
test: check ## lint, formatting, types and every test
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

.PHONY: pythons
pythons: ## every test on each of PYTHONS that is here, each in an environment of its own (PYTHONS="python3.12 python3.13")
	@for python in $(PYTHONS); do \
		version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || \
			{ echo "$$python is not here: nothing was tested on it"; continue; }; \
		echo "Python $$version"; \
		$(MAKE) --no-print-directory PYTHON=$$python VENV=.venv-$$version test || exit 1; \
	done

.PHONY: bench
bench: install ## measure speed and size against their targets (QUICK=1: shorter, to see that all of it works)
	@$(BIN)/python -m bench $(if $(QUICK),--quick)

.PHONY: faults
faults: install ## do faults to a real server on both engines and print what was seen: minutes (NAMES=crash for one)
	@$(BIN)/python -m faults $(NAMES)

.PHONY: assets
assets: ## build GraphiQL from npm packages into the package (needs Node.js 20); without it /graphiql shows the console
	@command -v npm >/dev/null || { echo "make assets needs Node.js 20 or newer and npm; on Debian: apt-get install nodejs npm"; exit 1; }
	@cd assets/graphiql && npm ci --no-progress --silent && npm run build --silent -- --logLevel error

.PHONY: schema
schema: install ## write schema.graphql from the code
	@$(BIN)/gongzhi schema --write

.PHONY: docs
docs: install ## write the reference pages from the code
	@$(BIN)/python -m docs.generate

.PHONY: fuzz
fuzz: install ## compare decisions with plain Casbin (REQUESTS=1000000), plans with graphql-core's executor (DOCUMENTS=20000)
	@$(BIN)/python -m tests.core.permissions.fuzz --requests $(REQUESTS)
	@$(BIN)/python -m tests.graphql.differential --documents $(DOCUMENTS)
