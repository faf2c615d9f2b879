# Outlines: a form by OpenAI's response_format, and vLLM's fields for a pattern and a choice. It has no tools.
import re
from typing import Literal

import outlines
from client_samples import PERSON_PROMPT, SEA_PROMPT, Person
from openai import OpenAI
from python_checks import BASE_URL, KEY, MODEL, run_checks

client = OpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0)
openai_model = outlines.from_openai(client, MODEL)
vllm_model = outlines.from_vllm(client, MODEL)
settings = {"temperature": 0, "max_tokens": 200}


def check_chat():
    assert openai_model(SEA_PROMPT, temperature=0, max_tokens=20).strip()


def check_stream():
    pieces = list(openai_model.stream(SEA_PROMPT, temperature=0, max_tokens=20))
    assert len([piece for piece in pieces if piece]) > 5, pieces


def check_structured():
    for model in (openai_model, vllm_model):
        Person.model_validate_json(model(PERSON_PROMPT, Person, **settings))


def check_choice():
    assert vllm_model("Is the sea wet?", Literal["yes", "no"], **settings) in ("yes", "no")


def check_pattern():
    answer = vllm_model("What year is it?", outlines.regex(r"[12]\d{3}"), **settings)
    assert re.fullmatch(r"[12]\d{3}", answer), answer


run_checks(globals())
