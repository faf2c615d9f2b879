# Instructor: answers as Pydantic models, by tools and by a schema. Retries are off, so that a failure shows.
import instructor
from client_samples import PERSON_PROMPT, SEA_PROMPT, Person
from openai import OpenAI
from python_checks import BASE_URL, KEY, MODEL, run_checks

settings = {"model": MODEL, "temperature": 0, "max_tokens": 200}


def client(mode):
    return instructor.from_openai(OpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0), mode=mode)


def person(mode):
    messages = [{"role": "user", "content": PERSON_PROMPT}]
    return client(mode).create(messages=messages, response_model=Person, max_retries=0, **settings)


def check_chat():
    messages = [{"role": "user", "content": SEA_PROMPT}]
    answer = client(instructor.Mode.TOOLS).create(messages=messages, response_model=None, **settings)
    assert answer.choices[0].message.content.strip(), answer


def check_stream():
    messages = [{"role": "user", "content": PERSON_PROMPT}]
    streaming = client(instructor.Mode.JSON_SCHEMA).create_partial
    pieces = list(streaming(messages=messages, response_model=Person, max_retries=0, **settings))
    assert len(pieces) > 2 and pieces[-1].mood in ("happy", "sad"), pieces


def check_tool():
    assert isinstance(person(instructor.Mode.TOOLS), Person)


def check_structured():
    assert isinstance(person(instructor.Mode.JSON_SCHEMA), Person)


run_checks(globals())
