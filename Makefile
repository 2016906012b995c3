# Everything starts here: `make help` lists the targets.
SHELL := /bin/bash
PYTHON := .venv/bin/python
N ?= 1000
ARGS ?=
DIR ?=
# The tests are shared by twice as many processes as the machine has cores, since many wait for a server; who is done
# takes over from the others.
PROCESSES ?= -n $(shell echo $$((2 * $$(nproc)))) --maxprocesses 8 --dist worksteal
# ARGS=quick: everything pure, what is kept, mailbox, sandbox, and one conversation from the first mail to the last.
QUICK := tests/judging tests/senders tests/correspondence tests/delivery tests/cases/test_standing.py \
  tests/unpacking --ignore=tests/unpacking/test_any_input.py tests/sandbox tests/ledger/test_claims.py \
  tests/test_settings.py tests/test_message_store.py tests/test_mailbox.py \
  "tests/conversations/test_conversations.py::test_a_conversation_goes_as_expected[objection-then-corrected-report]"

# Hundreds of processes start in the tests: none should compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lock sbom wheel deb deb-test image audit bench judge mails learn mutate chaos conversations clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

setup: ## make this checkout ready: system packages, .venv, the program
	@scripts/setup

demo: setup ## see the program at work on sample messages, on this machine alone
	@.venv/bin/intake demo $(ARGS)

test: setup ## run the tests, against real servers on loopback (ARGS="tests/x.py -k name"; ARGS=quick: a part)
	@$(PYTHON) scripts/servers.py dovecot postfix clamav postgresql systemd chromium
	@$(PYTHON) -m pytest $(PROCESSES) $(if $(filter quick,$(ARGS)),$(QUICK),$(ARGS))

check: setup ## format, lint, imports, types
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	.venv/bin/lint-imports --no-logo
	$(PYTHON) -m mypy

format: setup ## put the code into its format
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lock: ## pin every dependency anew (needs uv; UPGRADE=1 for newer versions)
	@UPGRADE=$(UPGRADE) scripts/lock

sbom: setup ## write the bill of materials (CycloneDX) to dist/
	@mkdir -p dist
	@$(PYTHON) scripts/sbom.py >dist/intake.cdx.json
	@echo dist/intake.cdx.json

wheel: setup ## build the wheel into dist/, with the hashed lock inside
	@$(PYTHON) -m scripts.wheel dist

deb: ## build the Debian package of this machine's release into dist/ (needs python3-venv)
	@python3 -m scripts.deb dist

deb-test: setup ## build and install the package in fresh Debian 12 and 13 (needs root and debootstrap; ARGS="-k trixie")
	@$(PYTHON) -m pytest -n 0 tests/packaging/in_chroot.py $(ARGS)

image: ## build the container image intake:latest (needs buildah, podman or docker; BASE=another Debian image)
	@scripts/image $(BASE)

audit: setup ## ask the public advisories about every dependency (needs their data)
	@scripts/audit

bench: setup ## measure speed
	@$(PYTHON) -m tests.bench $(ARGS)

judge: setup ## judge the corpus and print the table
	@$(PYTHON) -m tests.judge $(ARGS)

mails: setup ## judge the mails that hands wrote (ARGS="tests/mails/hand-7.toml")
	@$(PYTHON) -m tests.mails $(ARGS)

learn: setup ## learn to read sentences from reader/examples (ARGS=--leave-out: how well, on each hand unseen)
	@scripts/learn $(ARGS)

mutate: setup ## change every named number of SOURCE in turn: do TESTS notice?
	@$(PYTHON) scripts/mutate.py $(or $(SOURCE),intake/judging/parts config/wording.toml) --tests $(or $(TESTS),tests/judging)

chaos: setup ## kill the program N times at random, alone and three on one ledger: what was lost or doubled?
	@$(PYTHON) scripts/servers.py dovecot postfix postgresql
	@$(PYTHON) -m tests.durability.chaos $(N)
	@$(PYTHON) -m tests.durability.several $$(( $(N) / 20 + 1 ))

conversations: setup ## run the conversations in tests/conversations, or in DIR=folder
	@$(PYTHON) scripts/servers.py dovecot
	@$(PYTHON) -m tests.conversations "$(DIR)"

clean: ## remove everything that was made here
	rm -rf .venv .servers .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo-run*
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
