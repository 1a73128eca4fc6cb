SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "gongzhi needs Python 3.11 or newer; set PYTHON=… to its path"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gongzhi needs Python 3.11 or newer; $$($(PYTHON) --version) found. Set PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing gongzhi and its dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

.PHONY: install
install: $(STAMP) ## create .venv with gongzhi in it

.PHONY: serve
serve: install ## the API with the demo data on SQLite: prints where to look and a token to try
	@$(BIN)/gongzhi demo

.PHONY: check
check: install ## lint and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

.PHONY: test
test: check ## lint, types and every test
	@$(BIN)/pytest -n auto

.PHONY: bench
bench: install ## measure and print ratios
	@$(BIN)/python -m bench

.PHONY: schema
schema: install ## write schema.graphql and the generated reference pages from the code
	@$(BIN)/gongzhi schema --write
