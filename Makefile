# The few commands 常用命令. `make help` lists them. Needs Python 3.11 and a package index, no more.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --only-binary :all:
RUNS := $(VENV)/.runs
TESTS := $(VENV)/.tests
PEERS := $(VENV)/.peers
MUTATION := $(VENV)/.mutation
.DEFAULT_GOAL := help
.PHONY: help demo test bench soak vendor words format clean

help: ## 显示本说明 · show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: $(RUNS) ## 启动演示 http://127.0.0.1:8000 （Ctrl-C 结束）· run the demo
	@$(BIN)/flask demo --serve

test: $(TESTS) ## 运行全部检查与测试；ONLY="sqlite browser" 只运行部分 · run every check and test
	@$(BIN)/python -m tests.debian chromium
	@$(BIN)/python -m tests.checks $(ONLY)

bench: $(TESTS) $(PEERS) ## 测量速度 · measure how fast it is
	@$(BIN)/python -m pytest -q -s tests/benchmarks

soak: $(TESTS) $(MUTATION) ## 长时间的中断、并发、变异文件、线路、规则、全年、电子表格与代码变异试验 · the long crash, race, fuzz, route, rule, year, spreadsheet and mutation experiments
	@$(BIN)/python -m tests.debian office
	@$(BIN)/python -m pytest -q -s tests/crash tests/ingest/test_fuzz.py tests/ingest/test_match_made_up.py tests/ingest/test_tracks_made_up.py tests/rules/test_shapes.py tests/test_year.py tests/office --soak
	@$(BIN)/python -m tests.mutation

vendor: $(TESTS) ## 重新获取前端依赖（需要 npm）· fetch the browser assets anew (needs npm)
	@$(BIN)/python -m tests.vendor_assets

words: $(TESTS) ## 更新译文目录，列出未译条目 · update the catalogue, list what has no Chinese
	@$(BIN)/python -m tests.word_catalogue

format: $(TESTS) ## 整理代码格式 · format the code
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .

clean: ## 删除环境与缓存，保留数据 · remove the environment and caches, keep the data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp file remembers what is installed, so that a second run is quick.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "没有找到 Python 3.11，请先安装。No Python 3.11 found: install it first."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' \
	  || { echo "需要 Python 3.11 或更高版本：make PYTHON=/path/to/python3.11 · Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); test "$$(id -u)" = 0 && apt-get update -q && apt-get install -y -q python3-venv </dev/null \
	       && $(PYTHON) -m venv $(VENV); } \
	  || { rm -rf $(VENV); echo "无法建立环境：apt-get install python3-venv · The environment could not be made"; exit 1; }

$(RUNS): requirements.txt | $(BIN)/python
	@echo "安装依赖，首次约需一分钟 · Installing what it runs on, about a minute the first time"
	@$(PIP) -r requirements.txt
	@touch $@

# They name what it runs on too: one go, where two would ask the index of everything twice.
$(TESTS): tests/requirements.txt requirements.txt | $(BIN)/python
	@echo "安装依赖与测试依赖 · Installing what it and its tests run on"
	@$(PIP) -r tests/requirements.txt
	@touch $(RUNS) $@

$(MUTATION): tests/mutation/requirements.txt $(TESTS)
	@echo "安装变异测试工具 · Installing what changes code on purpose"
	@$(PIP) -r tests/mutation/requirements.txt
	@touch $@

# What we are measured against stands apart from what we run on; without it the rest is measured.
$(PEERS): tests/benchmarks/requirements.txt $(TESTS)
	@echo "安装对照工具 · Installing the peers"
	@$(BIN)/python -m venv $(VENV)/peers && $(VENV)/peers/bin/python -m pip --disable-pip-version-check --no-input \
	    install --only-binary :all: -r tests/benchmarks/requirements.txt && touch $@ \
	  || echo "对照工具未能安装，结果中注明缺席 · The peers could not be installed: the results say so"
