# Thin over tools/project.py, so that a machine without make can say the same words:
#   python3 tools/project.py run
PYTHON ?= python3

.PHONY: run test check bench soak setup lock

run test check bench soak setup lock:
	@$(PYTHON) tools/project.py $@ $(ARGS)
