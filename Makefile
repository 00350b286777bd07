# Every target is one line of work; what is longer stands in scripts/ and Benchmarks/.
.DEFAULT_GOAL := help
.PHONY: help setup run build release test test-sanitize test-faults bench callgrind lint format docs clean

swift_files := Package.swift Sources Tests Benchmarks docs/example

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install the Debian packages that a build needs, if any is missing
	@scripts/setup

run: setup ## build and start tradewind on http://127.0.0.1:3005
	swift build --product tradewind
	@exec .build/debug/tradewind

build: setup ## build everything for debugging
	swift build

release: setup ## build everything for use: programs that carry Swift's libraries with them
	swift build -c release

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

docs: build ## write docs/configuration.md from the declared settings
	.build/debug/tradewind config --markdown > docs/configuration.md

clean: ## remove everything that was built
	rm -rf .build
