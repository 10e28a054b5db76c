# SPDX-License-Identifier: Apache-2.0

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CHECK := --explicit-target-dependency-import-check error
STATIC := LIVY_FLOORS=1 LIVY_STATIC=1 swift build -c release --scratch-path .build-static $(CHECK) \
  --static-swift-stdlib -Xswiftc -static-executable
MESSAGES := $(wildcard schema/messages/*.proto)
WELL_KNOWN := $(wildcard schema/wellknown/google/protobuf/*.proto)
comma := ,
RPC_PEERS := $(subst $(comma), ,$(or $(PEERS),c,ours,grpc-cpp,capnp))
RPC_OPTIONS = $(if $(PEERS),--peers $(PEERS)) $(if $(WORKS),--works $(WORKS)) $(if $(TIERS),--tiers $(TIERS)) \
  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(OUTSTANDING),--outstanding $(OUTSTANDING)) \
  $(if $(CONNECTIONS),--connections $(CONNECTIONS)) $(if $(STORM),--storm $(STORM)) $(if $(IDLE),--idle $(IDLE))
STATEMENT_OPTIONS = $(if $(WORKS),--works $(WORKS)) $(if $(ROUNDS),--rounds $(ROUNDS))
CODEC_OPTIONS = $(if $(SHAPES),--shapes $(SHAPES)) $(if $(FORMS),--forms $(FORMS)) $(if $(ROUNDS),--rounds $(ROUNDS))

.PHONY: help setup build driver demo test test-unit test-differential conformance-testee test-integration test-matrix test-clients test-r test-pages test-asan \
  test-tsan test-sim test-leaks fuzz fuzz-wire lint format generate bench bench-statements bench-codec bench-codec-peers bench-rpc bench-rpc-peers bench-start bench-turns clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what build, demo and tests need (once)
	@scripts/setup.sh tests

build: driver ## Build .build/release/livy and .build/release/livy-driver
	swift build -c release $(CHECK) --product livy
	@install -m 755 .build-static/livy-driver .build/release/livy-driver
	@echo "built .build/release/livy and .build/release/livy-driver"

driver: ## Build the one static file that travels to the cluster
	@scripts/setup.sh build
	$(STATIC) --product livy-driver
	@strip -o .build-static/livy-driver .build-static/release/livy-driver

demo: ## Build, then show every part on real Spark
	@scripts/setup.sh spark
	@$(MAKE) --no-print-directory build
	@scripts/demo.sh

test: ## The whole suite, tier by tier, with the minutes of each
	@scripts/tiers.sh lint build unit differential asan tsan fuzz driver integration

test-unit: ## Machines, codecs, loopback TLS: no Spark
	@scripts/tiers.sh build unit

test-differential: ## The codec beside protobuf's own programs: LIVY_DIFFERENTIAL_ROUNDS=60
	@scripts/tiers.sh build differential

conformance-testee: ## The program that protobuf's public conformance suite can be run against
	LIVY_FLOORS=1 swift build -c release $(CHECK) --product ConformanceCommand

test-integration: ## Real Spark, real servers, real clients
	@scripts/tiers.sh build driver integration

test-pages: ## The pages under /ui in headless Chromium (installs it first); pictures in .build/pages
	@scripts/tiers.sh build pages

test-matrix: ## The same with Spark 4 (installs it first)
	@scripts/tiers.sh build driver matrix

test-clients: ## Livy's clients from PyPI with Spark 3.5 and 4.0 (installs them first)
	@scripts/tiers.sh build driver clients

test-r: ## The runner of R statements, in a real R (installs it first)
	@scripts/tiers.sh build r

test-asan: ## The floors under the address sanitizer
	@scripts/tiers.sh asan

test-tsan: ## The floors under the thread sanitizer
	@scripts/tiers.sh tsan

test-sim: ## Many seeds of the simulation: LIVY_SIM_SEEDS=50000 LIVY_SIM_FIRST=0
	@scripts/tiers.sh sim

test-leaks: ## A million calls, 100,000 connections, and what is left of them
	@scripts/tiers.sh leaks

fuzz: ## The fuzzers, each for LIVY_FUZZ_SECONDS=600
	@LIVY_FUZZ_SEED=$${LIVY_FUZZ_SEED:-0} LIVY_FUZZ_SECONDS=$${LIVY_FUZZ_SECONDS:-600} scripts/tiers.sh fuzz

fuzz-wire: ## The fuzzers of the codec, of JSON and of the schema compiler, each for FUZZ_SECONDS=600
	@scripts/fuzz.sh $${FUZZ_SECONDS:-600} MessageFuzzer CodecFuzzer JSONFuzzer SchemaFuzzer

lint: ## Formatting and style rules
	@scripts/tiers.sh lint

format: ## Lay out all Swift files and schemas
	swift format --in-place --parallel --recursive Package.swift Sources schema Tests Benchmarks
	LIVY_FLOORS=1 swift run $(CHECK) schemac format $(MESSAGES) $(WELL_KNOWN) Benchmarks/rpc/schema/*.proto \
	  Tests/SchemaTests/Golden/good/*.proto Tests/Samples/Schemas/*.proto

generate: ## Compile the schemas into Sources/Wire, and the table of settings into docs
	LIVY_FLOORS=1 swift run $(CHECK) schemac generate --out Sources/Wire/Messages $(MESSAGES)
	LIVY_FLOORS=1 swift run $(CHECK) schemac ledger $(MESSAGES)
	LIVY_FLOORS=1 swift run $(CHECK) schemac generate --visibility public --out Sources/Wire/WellKnown $(WELL_KNOWN)
	LIVY_FLOORS=1 swift run $(CHECK) schemac generate --visibility internal --out Benchmarks/rpc/ours \
	  Benchmarks/rpc/schema/echo.proto
	LIVY_FLOORS=1 swift run $(CHECK) schemac generate --visibility internal --out Benchmarks/codec/ours \
	  Benchmarks/codec/schema/shapes.proto
	swift run $(CHECK) livy config document >.build/configuration.md
	@mv .build/configuration.md docs/configuration.md

bench: bench-statements ## The same as bench-statements

bench-statements: ## Statements over REST beside the interpreter alone: WORKS=one,eight ROUNDS=5
	@scripts/setup.sh spark
	@$(MAKE) --no-print-directory build
	@Benchmarks/statements/build.sh
	@python3 Benchmarks/statements/runner $(STATEMENT_OPTIONS)

bench-start: ## A session from POST to idle, without and with an archive of classes, and from the pool: ROUNDS=5 SPARKS=spark-3.5
	@scripts/setup.sh matrix
	@$(MAKE) --no-print-directory build
	@Benchmarks/starts.sh

bench-rpc: ## The RPC beside C, gRPC and Cap'n Proto: PEERS=c,ours ROUNDS=5 WORKS=echo,bulk
	@scripts/setup.sh build
	@Benchmarks/rpc/build.sh $(filter-out grpc-swift,$(RPC_PEERS))
	@python3 Benchmarks/rpc/runner $(RPC_OPTIONS)

bench-codec: ## The codec beside swift-protobuf and C++ protobuf: SHAPES=small FORMS=buffer,fresh ROUNDS=9
	@scripts/setup.sh build
	@Benchmarks/codec/build.sh allocations ours cpp swift-protobuf
	@python3 Benchmarks/codec/runner $(CODEC_OPTIONS)

bench-codec-peers: ## Build all that bench-codec compares with; swift-protobuf takes some minutes of CPU
	@scripts/setup.sh bench
	@Benchmarks/codec/build.sh allocations ours cpp swift-protobuf

bench-turns: ## The longest turn of a loop under attack, in a release build
	@scripts/turns.sh

bench-rpc-peers: ## Build all that bench-rpc compares with; grpc-swift takes 14 minutes of CPU
	@scripts/setup.sh bench
	@Benchmarks/rpc/build.sh c ours grpc-cpp capnp grpc-swift

clean: ## Remove everything that was built
	rm -rf .build .build-static .build-asan .build-tsan .build-fuzz .build-bench .build-peers .build-turns .build-turns-fuzz
