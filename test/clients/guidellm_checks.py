# GuideLLM, a load generator: prompts from a file, a tokenizer made from the model's file, a few requests.
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from python_checks import BASE_URL, KEY, MODEL, run_checks
from tokenizer_from_gguf import write_tokenizer

requests = 6
tokens = 16


def load(rate_type, *more):
    # It adds /v1/… to the target itself.
    target = BASE_URL.removesuffix("/v1/inference").removesuffix("/v1")
    with TemporaryDirectory() as folder:
        prompts = Path(folder, "prompts.jsonl")
        prompts.write_text("".join(json.dumps({"prompt": f"Tell me about sea {n}."}) + "\n" for n in range(20)))
        report = Path(folder, "report.json")
        flags = ["--target", target, "--model", MODEL, "--processor", str(write_tokenizer(Path(folder, "tokenizer")))]
        flags += ["--data", str(prompts), "--data-args", json.dumps({"prompt_column": "prompt"})]
        flags += ["--backend-args", json.dumps({"api_key": KEY, "max_output_tokens": tokens, "http2": False})]
        flags += ["--rate-type", rate_type, *more, "--max-requests", str(requests), "--output-path", str(report)]
        command = [sys.executable, "-m", "guidellm", "benchmark", "run", "--disable-progress", *flags]
        env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=200)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        [benchmark] = json.loads(report.read_text())["benchmarks"]
    counts = benchmark["request_totals"]
    assert counts["errored"] == 0 and counts["successful"] >= requests, (counts, ran.stdout[-2000:])


def check_stream():
    load("synchronous")


def check_load():
    load("concurrent", "--rate", "3")


run_checks(globals())
