# Every target is one line of work; what is longer stands in scripts/ and Benchmarks/.
.DEFAULT_GOAL := help
.PHONY: help setup run build release dev dev-down dev-logs update-libs prod migrate seed \
	test test-sanitize test-faults simulate compose-test bench callgrind lint format docs screenshots new-service clean

swift_files := Package.swift Sources Tests Benchmarks docs/example

# What LOCAL=1 and OBSERVE=1 change in the targets about containers.
compose := docker compose
ifdef OBSERVE
compose := COMPOSE_PROFILES=observability OTEL_EXPORTER_OTLP_ENDPOINT=http://jaeger:4318 docker compose
endif
start := $(compose) up --detach --build --wait

help: ## show this list
	@sed -n 's/^\([a-z%-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sed 's/%/<service>/' | expand -t 24

setup: ## install the Debian packages that a build needs, if any is missing
	@scripts/setup

run: setup ## build and start tradewind on http://127.0.0.1:3005
	swift build --product tradewind
	@exec .build/debug/tradewind

build: setup ## build everything for debugging
	swift build

release: setup ## build everything for use: programs that carry Swift's libraries with them
	swift build -c release

dev: ## start the system in containers (OBSERVE=1: Grafana, Jaeger); LOCAL=1: processes that follow the code
ifdef LOCAL
	@scripts/setup
	@scripts/dev
else
	$(start)
	@at=$${BIND_ADDRESS:-127.0.0.1}; \
	echo "dashboard http://$$at:3000 · API http://$$at:3005 · Prometheus http://$$at:9090"
endif

dev-down: ## end what dev started; the data stays
	$(if $(LOCAL),@scripts/dev stop,$(compose) --profile '*' down)

dev-logs: ## show what the services say, as they say it
	@$(if $(LOCAL),scripts/dev logs,$(compose) logs --follow --tail 100)

dev-restart-%: ## build one service anew and restart it
	$(if $(LOCAL),@scripts/dev restart $*,$(start) --no-deps $*)

update-libs: ## build the core anew, and restart what stands on it
	$(if $(LOCAL),@scripts/dev restart all,$(start))

prod: ## put this checkout into use with docker-compose.prod.yml; goes back by itself if it does not work
	@scripts/deploy

migrate: ## bring the databases of the services up to date (each service does so at start)
	$(if $(LOCAL),.build/debug/,$(compose) exec gateway )tradewind migrate

seed: ## fill the databases with users, orders and payments that agree
	$(if $(LOCAL),.build/debug/,$(compose) exec gateway )tradewind seed

test: ## run every test; installs what is missing, ends with a count
	@scripts/setup --test
	@scripts/test

test-sanitize: ## run every test under the thread sanitizer, then under the address sanitizer
	@scripts/setup --test
	@scripts/test --sanitize thread
	@scripts/test --sanitize address

test-faults: setup ## kill services fifty times while orders are placed, then a million messages, on each broker
	@scripts/setup --test
	swift build
	@for backend in embedded redis $${KAFKA_BROKERS:+kafka}; do Tests/Faults/storm.py --backend $$backend && \
		Tests/Faults/flood.py --backend $$backend || exit 1; done

simulate: setup ## run the order chain through worlds that fail by a seed: SEEDS=1000000 FROM=1
	swift build -c release --product simulate
	.build/release/simulate --seeds $(or $(SEEDS),1000000) --from $(or $(FROM),1)

compose-test: ## build, start and try the whole system in containers; needs a Docker engine and some minutes
	@Tests/Compose/stack.py

bench: ## measure against others and write docs/benchmarks.md
	@scripts/setup --bench
	swift build -c release
	@Benchmarks/run

callgrind: ## count the instructions of a request and name the functions that spend them
	@scripts/setup --bench
	swift build -c release
	@Benchmarks/callgrind

lint: ## complain about style
	swift format lint --strict --recursive $(swift_files)
	@scripts/lint

format: ## put Swift files into the style that lint asks for
	swift format --in-place --recursive $(swift_files)

docs: build ## write docs/configuration.md, docs/events.md and .env.example from what the code declares
	.build/debug/tradewind config --markdown > docs/configuration.md
	.build/debug/tradewind config --example > .env.example
	scripts/events > .build/events.md && mv .build/events.md docs/events.md

screenshots: build ## take the pictures of the dashboard in docs/pictures
	@scripts/setup --test
	@.build/venv/bin/python scripts/screenshots

new-service: ## NAME=… PORT=… [THING=…]: make a service of its own from the template (docs/add-a-service.md)
	@scripts/new-service '$(NAME)' '$(PORT)' $(THING)

clean: ## remove everything that was built
	rm -rf .build
