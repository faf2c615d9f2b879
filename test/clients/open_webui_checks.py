# Open WebUI's server between a browser and the API, as its page calls it. The parts for speech, pictures and
# retrieval are left out, for they bring torch.
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from client_samples import PERSON_PROMPT, SEA_PROMPT, WEATHER_PROMPT, WEATHER_TOOL, Person
from python_checks import BASE_URL, KEY, MODEL, run_checks

start_seconds_max = 180


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


folder = TemporaryDirectory()
port = free_port()
environment = {
    **os.environ,
    **{"DATA_DIR": folder.name, "WEBUI_AUTH": "False", "WEBUI_SECRET_KEY": "secret", "USE_SLIM_DOCKER": "true"},
    **{"OPENAI_API_BASE_URL": BASE_URL, "OPENAI_API_KEY": KEY, "ENABLE_OLLAMA_API": "False", "OFFLINE_MODE": "True"},
    **{"HF_HUB_OFFLINE": "1", "RAG_EMBEDDING_ENGINE": "openai", "VECTOR_DB": "chroma"},
}
log = open(Path(folder.name, "log.txt"), "w+")
command = [sys.executable, "-c", "from open_webui import app; app()", "serve", "--host", "127.0.0.1", "--port", str(port)]
server = subprocess.Popen(command, env=environment, cwd=folder.name, stdout=log, stderr=log)
client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)


def start():
    """Waits until the page's server answers, and signs in as its page does."""
    until = time.monotonic() + start_seconds_max
    while time.monotonic() < until and server.poll() is None:
        try:
            if client.get("/health").status_code == 200:
                signed_in = client.post("/api/v1/auths/signin", json={"email": "", "password": ""}).json()
                client.headers["Authorization"] = f"Bearer {signed_in['token']}"
                return
        except httpx.TransportError:
            time.sleep(0.5)
    log.seek(0)
    raise AssertionError(f"It did not start.\n{log.read()[-3000:]}")


def ask(prompt, max_tokens, **fields):
    messages = [{"role": "user", "content": prompt}]
    body = {"model": MODEL, "messages": messages, "temperature": 0, "max_tokens": max_tokens, **fields}
    return client.post("/api/chat/completions", json={"stream": False, **body})


def check_chat():
    start()
    models = client.get("/api/models").json()["data"]
    assert MODEL in [model["id"] for model in models], models
    answer = ask(SEA_PROMPT, 20).json()
    assert answer["choices"][0]["message"]["content"].strip(), answer


def check_stream():
    lines = [line for line in ask(SEA_PROMPT, 20, stream=True).text.split("\n") if line.startswith("data: {")]
    assert len(lines) > 5, lines


def check_tool():
    answer = ask(WEATHER_PROMPT, 200, tools=[WEATHER_TOOL], tool_choice="required").json()
    [call, *_] = answer["choices"][0]["message"]["tool_calls"]
    assert json.loads(call["function"]["arguments"])["city"] in ("Paris", "Rome"), answer


def check_structured():
    form = {"type": "json_schema", "json_schema": {"name": "person", "schema": Person.model_json_schema()}}
    answer = ask(PERSON_PROMPT, 200, response_format=form).json()
    Person.model_validate_json(answer["choices"][0]["message"]["content"])


try:
    run_checks(globals())
finally:
    server.terminate()
    server.wait(20)
    log.close()
    folder.cleanup()
