# Everything a newcomer needs: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
export RASA_TELEMETRY_ENABLED := false
# Some machines tell Python to keep nothing it has compiled; a start then takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: actions bench check content evaluate faults format fuzz help licences lock pictures redos run sbom setup shell soak test test-entries test-killed test-replaced test-services test-slack-outage test-training test-web

help: ## what can be called
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install the Python packages that are missing
	@scripts/setup

run: setup ## start the bot; ends with the address of the chat page
	@exec $(PYTHON) -m bot run

test: setup ## every test, two at a time (WORKERS=1: one after the other)
	@$(PYTHON) -m bot prepare
	@$(PYTHON) -m pytest -n $(or $(WORKERS),2) --dist loadfile --no-loadscope-reorder -m "not alone"
	@$(PYTHON) -m pytest -m alone tests/nlu tests/triage

test-entries: setup ## every example question of every entry, over HTTP
	@EVERY_QUESTION=1 $(PYTHON) -m pytest tests/http/test_every_entry.py

test-training: setup ## train twice from scratch: the same model, bit for bit (4 minutes)
	@$(PYTHON) -m benchmarks.clean_copy

test-web: setup ## the chat in the browser: all of axe in every state and every look
	@EVERY_LOOK=1 $(PYTHON) -m pytest tests/web

pictures: setup ## take the pictures of the chat in docs/pictures anew
	@$(PYTHON) -m tests.web.pictures

test-killed: setup ## the bot killed (kill -9) at every step of the interview
	@KILL_AT_EVERY_STEP=1 $(PYTHON) -m pytest tests/http/test_killed.py

test-slack-outage: setup ## Slack down for 30 s: the answers arrive afterwards
	@SLACK_OUTAGE_S=30 $(PYTHON) -m pytest -rP tests/slack/test_slack_delivery.py -k down

test-replaced: setup ## several bots: killed, and replaced one by one while people talk
	@REPLACE_BOTS=1 $(PYTHON) -m pytest tests/http/test_fleet.py

faults: setup ## 500 conversations while processes are killed, disks full, databases gone; writes docs/faults.md (20 to 50 minutes; CONVERSATIONS=100 ROUNDS=1: shorter, writes nothing)
	@$(PYTHON) -W ignore -m tests.faults $(if $(CONVERSATIONS)$(ROUNDS),--conversations $(or $(CONVERSATIONS),100) --rounds $(or $(ROUNDS),1),--write)

test-services: ## install what some tests need (Debian: chromium, postgresql, redis, nginx; npm: lforms, axe-core, jquery)
	@scripts/test-services

bench: setup ## speed, memory, growth beside stock Rasa; writes docs/benchmarks.md (QUICK=--quick: some minutes; else an hour)
	@$(PYTHON) -m benchmarks.bench $(QUICK)

soak: setup ## half load on two bots with PostgreSQL and Redis for 20 minutes (MINUTES=2: shorter)
	@$(PYTHON) -m benchmarks.soak --minutes $(or $(MINUTES),20)

redos: setup ## every regular expression on hostile texts; writes docs/regular-expressions.md (4 minutes)
	@$(PYTHON) -W ignore -m benchmarks.redos

fuzz: setup ## 200,000 odd inputs to all that reads what people send; writes docs/fuzzing.md (10 minutes; INPUTS=2000: fewer, writes nothing)
	@$(PYTHON) -W ignore -m benchmarks.fuzz --inputs $(or $(INPUTS),200000)

sbom: setup ## what is installed, as CycloneDX: docs/sbom.cdx.json (after each `make lock`)
	@$(PYTHON) -m scripts.supply_chain sbom

licences: setup ## the licences of what is installed: docs/licences.md (after each `make lock`)
	@$(PYTHON) -m scripts.supply_chain licences

check: setup ## format, lint, types
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy

format: setup ## put the code into its format
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

evaluate: setup ## writes docs/evaluation.md; HINT3 needs HINT3_DIR (DIET=--diet: Rasa's starter beside it, 15 minutes)
	@$(PYTHON) -m benchmarks.evaluate $(DIET)

content: setup ## check content/: facts, sources, numbers, plain words (TOPICS="mrd car_t": only these)
	@$(PYTHON) -m bot.content $(TOPICS)

actions: setup ## a separate action server (then set ACTION_ENDPOINT_URL)
	@$(PYTHON) -m bot.rasa_parts.action_server

shell: setup ## talk to the bot in the terminal
	@$(PYTHON) -m bot prepare
	@.venv/bin/rasa shell --model var/models --endpoints endpoints.yml

lock: setup ## compile requirements.in into requirements.txt
	@.venv/bin/uv --version >/dev/null 2>&1 || $(PYTHON) -m pip install --quiet uv
	@.venv/bin/uv pip compile --override overrides.txt --generate-hashes --python-version 3.10 --no-header --no-annotate -q requirements.in -o requirements.txt
