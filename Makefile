SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

unexport PYTHONDONTWRITEBYTECODE # each of many processes would compile everything anew

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
FLAGS ?=
LONG ?=
KAFKA_LIBS := deploy/kafka/libs
DATABASE_LIBS := deploy/mongo-java-server/libs

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

venv: $(INSTALLED) ## create .venv with everything that demo and test need

$(INSTALLED): requirements/dev.txt pyproject.toml
	@python=$$(for name in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
	  "$$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    2>/dev/null && echo "$$name" && break; done) || true; \
	if [ -z "$$python" ]; then \
	  echo 'Aftercare needs Python 3.11, 3.12 or 3.13, with venv (Debian: apt install python3-venv);' >&2; \
	  echo 'make PYTHON=/path/to/python names one that is elsewhere.' >&2; \
	  exit 1; \
	fi; \
	echo "Installing into $(VENV) with $$("$$python" --version); this takes a minute."; \
	"$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	  --require-hashes -r requirements/dev.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-input --no-deps --no-build-isolation -e .
	@touch $@

demo: venv ## start everything, send three dealers' history and six days, and account for it
	@$(BIN)/aftercare demo $(FLAGS)

up: venv ## start the broker, the database and the six services, and keep them running
	@$(BIN)/aftercare up $(FLAGS)

test: venv ## run the tests, on the embedded broker and database, but for those that take long
	@$(BIN)/python -m pytest -m 'not long' --numprocesses 3 --dist loadfile --no-loadscope-reorder $(FLAGS)

bench: venv ## measure the services beside loops written by hand, on fresh embedded servers
	@$(BIN)/python -m tests.bench $(FLAGS)

chaos: venv kafka ## kill and cut off everything on three Kafka brokers; LONG=1 for a long run
	@AFTERCARE_TEST_KAFKA_LIBS=$(KAFKA_LIBS) $(BIN)/python -m tests.chaos $(if $(LONG),--long) $(FLAGS)

kafka: $(KAFKA_LIBS)/fetched ## fetch the jars of Apache Kafka through Maven

database: $(DATABASE_LIBS)/fetched ## fetch the jars of mongo-java-server through Maven

$(KAFKA_LIBS)/fetched $(DATABASE_LIBS)/fetched: deploy/%/libs/fetched: deploy/%/pom.xml
	@if ! command -v mvn >/dev/null || ! command -v java >/dev/null; then \
	  echo 'This needs Java 17 and Maven (Debian: apt install openjdk-17-jdk-headless maven).' >&2; \
	  exit 1; \
	fi
	@mvn -q -B -Dstyle.color=never -f $< dependency:copy-dependencies \
	  -DoutputDirectory=$(abspath $(@D))
	@touch $@

lint: venv ## check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: venv ## format the code and mend what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: venv ## check the types, strictly
	@$(BIN)/mypy

imports: venv ## check who may import whom
	@$(BIN)/lint-imports --no-logo

docs: venv ## write the schemas, the AsyncAPI document and the tables anew
	@$(BIN)/python -m docs.generate

requirements: venv ## compile the pinned, hashed requirements from pyproject.toml
	@set -- build '--build-deps-for wheel --only-build-deps' \
	        runtime '' \
	        dev '--extra sandbox --extra fit --extra oidc --extra dev'; \
	while [ $$# -gt 0 ]; do \
	  CUSTOM_COMPILE_COMMAND='make requirements' $(BIN)/pip-compile --quiet --no-config \
	    --generate-hashes --allow-unsafe --strip-extras $$2 \
	    --output-file requirements/$$1.txt pyproject.toml; \
	  grep -v '^--' requirements/$$1.txt | cat -s > requirements/$$1.new; \
	  mv requirements/$$1.new requirements/$$1.txt; \
	  shift 2; \
	done

ci: ## run what CI runs: all of the above, and the suites on Apache Kafka
	@.ci/run

clean: ## remove what was built or left behind, .venv included
	@rm -rf $(VENV) build *.egg-info .aftercare .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help venv demo up test bench chaos kafka database lint format types imports docs requirements ci clean
