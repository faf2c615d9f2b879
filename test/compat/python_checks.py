# What the checks of Python clients share: where the server is, and how their outcomes are told.
# A check is a function named check_…; one that raises has failed.
import asyncio
import inspect
import json
import os
import sys
import traceback

BASE_URL = sys.argv[1]
MODEL = sys.argv[2]
KEY = os.environ["GRAVIXLAYER_API_KEY"]


def run_checks(names):
    """Runs every check of a module, in its order, and prints one line of JSON for each."""
    for name, check in list(names.items()):
        if not name.startswith("check_"):
            continue
        error = None
        try:
            outcome = check()
            if inspect.iscoroutine(outcome):
                asyncio.run(outcome)
        except Exception:
            error = traceback.format_exc()
        print(json.dumps({"check": name, "error": error}), flush=True)
