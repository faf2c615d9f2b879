# LLM, the command llm, with the file that `gravix connect llm --write` writes.
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from python_checks import BASE_URL, KEY, MODEL, run_checks

server = BASE_URL.removesuffix("/v1/inference").removesuffix("/v1")
program = Path(__file__).parents[2] / "dist" / "main.js"


def run(command, folder):
    env = {**os.environ, "LLM_USER_PATH": folder, "GRAVIX_HOME": folder}
    # Without a terminal it reads its input to the end.
    ran = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def ask(*flags):
    with TemporaryDirectory() as folder:
        run(["node", str(program), "connect", "llm", "--url", server, "--model", MODEL, "--write", "--yes"], folder)
        llm = [sys.executable, "-m", "llm", "-m", f"gravix/{MODEL}", "--key", KEY]
        return run([*llm, *flags, "-o", "max_tokens", "40", "Say hello to Tom."], folder)


def check_stream():
    assert ask().strip() != ""


def check_chat():
    assert ask("--no-stream").strip() != ""


def check_structured():
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["happy", "sad"]}},
        "required": ["mood"],
        "additionalProperties": False,
    }
    assert json.loads(ask("--schema", json.dumps(schema)))["mood"] in ("happy", "sad")


run_checks(globals())
