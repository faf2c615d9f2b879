# Anthropic's Python SDK with its typed helpers. Retries are off, so that a failure shows.
import asyncio
from typing import Literal

import anthropic
from anthropic import Anthropic, AsyncAnthropic
from pydantic import BaseModel, Field
from python_checks import BASE_URL, KEY, MODEL, run_checks

# The SDK adds /v1 to its base URL itself.
settings = {"api_key": KEY, "base_url": BASE_URL, "max_retries": 0, "timeout": 100}
client = Anthropic(**settings)
asked = {"role": "user", "content": "Tell me about the sea."}
brief = {"model": MODEL, "max_tokens": 20, "temperature": 0, "messages": [asked]}
weather = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"],
    },
}


class Person(BaseModel):
    name: str = Field(max_length=20)
    mood: Literal["happy", "sad"]


def create(by=client, **changes):
    """Its methods have no parameter for the temperature."""
    request = {**brief, **changes}
    temperature = request.pop("temperature")
    return by.messages.create(**request, extra_body={"temperature": temperature})


def check_message():
    message = create()
    assert message.stop_reason == "max_tokens", message
    assert message.content[0].type == "text", message
    assert message.usage.output_tokens == 20, message
    assert message._request_id.startswith("req_"), message._request_id


def check_stream():
    whole = create()
    texts = []
    request = {key: value for key, value in brief.items() if key != "temperature"}
    with client.messages.stream(**request, extra_body={"temperature": 0}) as stream:
        texts.extend(stream.text_stream)
        message = stream.get_final_message()
    assert "".join(texts) == whole.content[0].text, texts
    assert message.stop_reason == whole.stop_reason, message
    assert message.usage.output_tokens == whole.usage.output_tokens, message


async def check_async_stream():
    request = {key: value for key, value in brief.items() if key != "temperature"}
    async with AsyncAnthropic(**settings) as other:
        events = await other.messages.create(**request, stream=True)
        kinds = [event.type async for event in events]
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop", kinds


def check_tool_round_trip():
    question = {"role": "user", "content": "What is the weather in Paris?"}
    shared = {"max_tokens": 100, "tools": [weather]}
    first = create(messages=[question], tool_choice={"type": "any"}, **shared)
    assert first.stop_reason == "tool_use", first
    call = first.content[0]
    assert call.input["city"] in ("Paris", "Rome"), call
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees"}
    messages = [
        question,
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    second = create(messages=messages, tool_choice={"type": "none"}, **shared)
    assert second.content[0].type == "text", second


def check_count_tokens():
    request = {"model": MODEL, "messages": [asked], "system": "Be brief."}
    count = client.messages.count_tokens(**request)
    usage = create(system="Be brief.").usage
    assert count.input_tokens == usage.input_tokens + usage.cache_read_input_tokens, (count, usage)


def check_structured_outputs():
    message = client.messages.parse(
        model=MODEL,
        max_tokens=200,
        messages=[{"role": "user", "content": "Describe Tom, who is happy."}],
        output_format=Person,
    )
    assert isinstance(message.parsed_output, Person), message


def check_models():
    models = client.models.list()
    assert MODEL in [model.id for model in models], models
    assert client.models.retrieve(MODEL).type == "model"


def refusal(kind, work):
    try:
        work()
    except kind as error:
        assert error.request_id.startswith("req_"), error
        return error
    raise AssertionError(f"There was no {kind.__name__}.")


def check_errors():
    refusal(anthropic.BadRequestError, lambda: create(max_tokens=-1))
    refusal(anthropic.NotFoundError, lambda: create(model="nobody"))
    stranger = Anthropic(**{**settings, "api_key": "sk-wrong"})
    refusal(anthropic.AuthenticationError, lambda: create(by=stranger))
    long = [{"role": "user", "content": "word " * 5000}]
    error = refusal(anthropic.BadRequestError, lambda: create(messages=long))
    assert "prompt is too long" in str(error), error


run_checks(globals())
