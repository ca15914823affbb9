# The two commands: `make course` and `make test`. `make help` lists the others.
#
# Variables, given as `make course NAME=value`:
#   PYTHON       the Python (3.11 or newer) that makes the environment        [python3]
#   TORCH_FLAGS  pip's options for torch: where its CPU build comes from, such as
#                TORCH_FLAGS="--index-url <the CPU index named on pytorch.org>"
#                Without it, pip takes what the default index offers: on Linux that
#                is usually a CUDA build of several gigabytes, which works as well.  []
#   PORT         where `make serve` shows the site                             [8000]
#   JOBS         how many runs of the comparison go on at once; one a core         [2]
#   ISOLATION    best (Linux), or process where there is no Landlock           [by system]

PYTHON ?= python3
TORCH_FLAGS ?=
PORT ?= 8000
JOBS ?= 2
ISOLATION ?= $(if $(filter Linux,$(shell uname -s)),best,process)

ASSIGNMENTS := $(notdir $(patsubst %/,%,$(dir $(wildcard solutions/*/*.md))))
BIN := .venv/bin
STAMPS := .cache/stamps
RNNLAB := $(BIN)/rnnlab

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help course environment site release class serve test test-slow proofs explore comparison lint lock mutation golden clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

course: environment ## everything: environment, site, released exercises, the synthetic class graded
	@$(MAKE) --no-print-directory site
	@$(MAKE) --no-print-directory class
	@echo
	@echo "The site:          _build/html/index.html"
	@for name in $(ASSIGNMENTS); do \
	  echo "The exercises:     exercises/$$name/$$name.ipynb"; \
	  echo "The class report:  reports/$$name.html"; \
	  echo "Feedback pages:    feedback/<student>/$$name/$$name.html"; \
	done
	@echo "In the browser:    make serve   (formgrader: $(BIN)/jupyter lab)"

environment: $(STAMPS)/environment ## the virtual environment .venv, with the exact versions of requirements.lock

$(STAMPS)/environment: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: there is no '$(PYTHON)'. Install Python 3.11 or newer, or name one: make course PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V). Name a newer one: make course PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "make: $(PYTHON) could not make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Installing the environment (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed $(TORCH_FLAGS) "$$(grep -E '^torch==' requirements.lock)"
	@$(BIN)/python -m pip install --quiet -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@$(BIN)/python -m pip check
	@$(BIN)/python book/build.py --assets
	@mkdir -p $(STAMPS) && touch $@

site: environment ## build the website into _build/html; any warning is an error
	@$(BIN)/python book/build.py

release: environment $(ASSIGNMENTS:%=$(STAMPS)/release-%) ## make exercises/ from solutions/

# The release also enters the assignment into the gradebook, so a gradebook that is gone asks for a new release.
$(shell test -f gradebook.db || rm -f $(STAMPS)/release-*)

define RELEASE
$(STAMPS)/release-$(1): solutions/$(1)/$(1).md nbgrader_config.py rnnlab/grading/source.py
	@$(RNNLAB) release $(1)
	@touch $$@
endef
$(foreach name,$(ASSIGNMENTS),$(eval $(call RELEASE,$(name))))

class: release ## hand in the synthetic class, grade it, write feedback and the class report
	@for name in $(ASSIGNMENTS); do \
	  $(RNNLAB) hand-in-class $$name || exit; \
	  $(RNNLAB) autograde $$name --isolation $(ISOLATION); test $$? -le 1 || exit 2; \
	  $(RNNLAB) feedback $$name || exit; \
	  $(RNNLAB) report $$name || exit; \
	done

serve: ## show the site and the class report on this machine (PORT=8000)
	@test -x $(RNNLAB) || { echo "make: run 'make course' first"; exit 1; }
	@$(RNNLAB) serve --port $(PORT)

test: environment ## the tests (quick ones; those that need Chromium, a sandbox or PostgreSQL say so where they are skipped)
	@$(BIN)/python -m pytest

test-slow: environment ## the exhaustive tests
	@$(BIN)/python -m pytest -m slow

proofs: environment ## the proofs of the grader alone, quick and exhaustive: attacks, faults, kills, equal marks
	@$(BIN)/python -m pytest -m "slow or not slow" tests/grading tests/course/test_grading.py

explore: environment ## the property tests once more, on examples that no run has seen
	@$(BIN)/python -m pytest --hypothesis-profile=explore tests/nets tests/training tests/analysis tests/data

comparison: environment ## the whole comparison of architectures, about 25 minutes on two quiet cores (JOBS=2)
	@$(BIN)/python -m rnnlab.lab.comparison --size full --jobs $(JOBS)

lint: environment ## format, types, spelling and prose
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/pyright
	@$(BIN)/codespell && $(BIN)/python book/scripts/prose.py

mutation: environment ## how many wrong solutions the exercises reject and name: the instructors' table
	@$(BIN)/python -m rnnlab.exercises.gate --write book/mutation.csv

golden: environment ## write the golden files again (read the difference before you commit it)
	@$(BIN)/python -m pytest --update-golden

lock: environment ## write requirements.lock from the environment
	@$(BIN)/python -m pip freeze --exclude-editable | sed -e 's/^torch==\([0-9.]*\).*/torch==\1/' -e '/^pyseccomp==/s/$$/; sys_platform == "linux"/' > requirements.lock

clean: ## remove what the two commands made, but for the environment
	rm -rf _build reports feedback autograded submitted gradebook.db .cache .course-secret solutions/*/*.ipynb
