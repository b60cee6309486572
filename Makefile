# The two commands: `make run` starts the whole product, `make test` passes every test.

SHELL := /bin/bash
WEB := web-demo
POSTMAN := tests/postman
BULLMQ := benches/peers/bullmq/node_modules/.package-lock.json
NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)

.PHONY: run dev test check conformance contract bench fuzz page generate tools clean

## Builds what is missing, the page included, and starts everything on the embedded default.
run: page
	cargo run --quiet -- serve

## The server, and the page with reloading at http://127.0.0.1:5173; ctrl-C ends both.
dev: $(WEB)/node_modules/.package-lock.json
	trap 'kill 0' EXIT; cargo run --quiet -- serve & cd $(WEB) && npm run dev

## Every test: rules, both databases, whole servers, kill -9, the client, the page in a real browser.
test: tools page
	cargo build --all-targets
ifdef NEXTEST
	cargo nextest run --no-fail-fast
else
	cargo test
endif
	tests/tools/conformance
	tests/tools/postman
	cd $(WEB) && npm test
	cd $(WEB) && npm run e2e

## Format, lints, types, generated files, the documents, duplicates of heavy crates, advisories.
check: page $(POSTMAN)/node_modules/.package-lock.json
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd $(WEB) && npm run check
	diff <(cargo run --quiet -- openapi) openapi/openapi.json
	diff <(cargo run --quiet -- openapi --version 3.2) openapi/openapi-3.2.json
	diff <(cargo run --quiet -- config --markdown) docs/configuration.md
	diff <(cargo run --quiet -- reference events) docs/events.md
	diff <(cargo run --quiet -- reference errors) docs/error-codes.md
	cd $(POSTMAN) && npm run --silent check
	tests/tools/contract
	tests/tools/heavy-crates-once
	tests/tools/audit

## schemathesis over the whole document, stateful, against a server of this code; at least 5,000 cases.
conformance: tools
	cargo build
	tests/tools/conformance

## The documents as others read them: linters, generators under strict TypeScript, and what the last release promised.
contract:
	tests/tools/contract

## The benchmarks of docs/performance.md; quiet neighbours help.
bench: tools page $(BULLMQ)
	cargo build --release --workspace --bins
	target/release/fanout
	target/release/queue
	target/release/unpack
	target/release/replay
	target/release/rollback
	target/release/edge
	target/release/edge --postgres

## Ten minutes of every target of docs/fuzzing.md; cargo-fuzz, once: cargo install cargo-fuzz --locked
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?= guard signature cursor locale socket_frame template_path
fuzz:
	set -e; cd fuzz; for target in $(FUZZ_TARGETS); do \
	  mkdir -p found/$$target; \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run $$target found/$$target corpus/$$target -- -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -len_control=0 -timeout=10; \
	done

$(BULLMQ): benches/peers/bullmq/package.json benches/peers/bullmq/package-lock.json
	cd benches/peers/bullmq && npm ci
	touch $@

## The page, when its sources are newer than what was built.
page: $(WEB)/dist/index.html

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/client/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci
	touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(shell find $(WEB)/src $(WEB)/client/src $(WEB)/samples locales -type f -not -path '*/node_modules/*') $(wildcard $(WEB)/*.html) $(WEB)/vite.config.ts $(WEB)/pack.ts
	cd $(WEB) && npm run build
	touch $@

$(POSTMAN)/node_modules/.package-lock.json: $(POSTMAN)/package.json $(POSTMAN)/package-lock.json
	cd $(POSTMAN) && npm ci --no-fund
	touch $@

## Files made from the code: the two documents, the client's types, the Postman collection, and the references of settings, events and
## errors.
generate: $(WEB)/node_modules/.package-lock.json $(POSTMAN)/node_modules/.package-lock.json
	cargo run --quiet -- openapi > openapi/openapi.json.new && mv openapi/openapi.json.new openapi/openapi.json
	cargo run --quiet -- openapi --version 3.2 > openapi/openapi-3.2.json.new && mv openapi/openapi-3.2.json.new openapi/openapi-3.2.json
	cargo run --quiet -- config --markdown > docs/configuration.md.new && mv docs/configuration.md.new docs/configuration.md
	cd $(WEB) && npm run generate --workspace client
	cargo run --quiet -- reference events > docs/events.md.new && mv docs/events.md.new docs/events.md
	cargo run --quiet -- reference errors > docs/error-codes.md.new && mv docs/error-codes.md.new docs/error-codes.md
	cd $(POSTMAN) && npm run --silent generate

## What the tests need and the machine lacks: PostgreSQL, Chromium, bubblewrap.
tools:
	tests/tools/install

clean:
	cargo clean
	rm -rf $(WEB)/dist $(WEB)/node_modules $(WEB)/test-results $(WEB)/screenshots $(WEB)/client/dist $(WEB)/client/node_modules $(POSTMAN)/node_modules
	rm -rf tests/contract/node_modules tests/contract/generated
