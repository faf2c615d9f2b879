# OpenAI's Python SDK with its typed helpers. Retries are off, so that a failure shows.
import asyncio
from enum import Enum
from typing import List, Literal, Optional

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, Field
from python_checks import BASE_URL, KEY, MODEL, run_checks

settings = {"api_key": KEY, "base_url": BASE_URL, "max_retries": 0, "timeout": 100}
client = OpenAI(**settings)
question = [{"role": "user", "content": "Tell me about the sea."}]
brief = {"model": MODEL, "messages": question, "max_tokens": 20, "temperature": 0}
# A whole answer: the SDK's final completion is an error where the length has cut it.
sentence = {**brief, "max_tokens": 200, "stop": ["."]}


class Mood(str, Enum):
    happy = "happy"
    sad = "sad"


class Pet(BaseModel):
    kind: Literal["cat", "dog"]
    lives: int = Field(ge=0, le=9)


class Person(BaseModel):
    """Has a reference, a choice, an absent value and a list: what Pydantic's schemas are made of."""

    name: str = Field(max_length=30)
    mood: Mood
    nickname: Optional[Literal["Bo", "Al"]]
    pets: List[Pet] = Field(max_length=2)


class GetWeather(BaseModel):
    """The weather of a city."""

    city: str = Field(max_length=20)
    unit: Literal["celsius", "fahrenheit"]


formed = {
    "model": MODEL,
    "messages": [{"role": "user", "content": "Describe Tom, who has a cat."}],
    "response_format": Person,
    "temperature": 0,
    "max_tokens": 300,
}
calling = {
    "model": MODEL,
    "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
    "tools": [openai.pydantic_function_tool(GetWeather)],
    "tool_choice": {"type": "function", "function": {"name": "GetWeather"}},
    "temperature": 0,
    "max_tokens": 300,
}


def check_parse_of_a_form():
    choice = client.chat.completions.parse(**formed).choices[0]
    assert choice.finish_reason == "stop", choice
    assert isinstance(choice.message.parsed, Person), choice
    assert Person.model_validate_json(choice.message.content) == choice.message.parsed


def check_parse_of_a_tool_call():
    choice = client.chat.completions.parse(**calling).choices[0]
    assert choice.finish_reason == "tool_calls", choice
    assert choice.message.content is None, choice
    [call] = choice.message.tool_calls
    assert isinstance(call.function.parsed_arguments, GetWeather), call


def check_parse_of_an_answer_that_was_cut():
    try:
        client.chat.completions.parse(**{**formed, "max_tokens": 2})
    except openai.LengthFinishReasonError as error:
        assert error.completion.usage.completion_tokens == 2, error
    else:
        raise AssertionError("An answer that was cut was parsed.")


def check_stream_events_of_text():
    with client.chat.completions.stream(**sentence, stream_options={"include_usage": True}) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    deltas = [event for event in events if event.type == "content.delta"]
    [done] = [event for event in events if event.type == "content.done"]
    text = "".join(event.delta for event in deltas)
    assert len(deltas) > 5, events
    assert text == done.content == deltas[-1].snapshot == final.choices[0].message.content
    assert final.choices[0].finish_reason == "stop" and "." not in text, final
    assert final.usage.completion_tokens >= len(deltas), final
    assert final.usage.total_tokens == final.usage.prompt_tokens + final.usage.completion_tokens


def check_stream_events_of_a_form():
    with client.chat.completions.stream(**formed) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    [done] = [event for event in events if event.type == "content.done"]
    assert isinstance(done.parsed, Person), done
    assert final.choices[0].message.parsed == done.parsed
    # The SDK parses the pieces as they come.
    assert any(isinstance(event.parsed, dict) for event in events if event.type == "content.delta")


def check_stream_events_of_a_tool_call():
    with client.chat.completions.stream(**calling) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    deltas = [event for event in events if event.type == "tool_calls.function.arguments.delta"]
    [done] = [event for event in events if event.type == "tool_calls.function.arguments.done"]
    assert len(deltas) > 1, events
    assert done.name == "GetWeather" and done.index == 0
    assert "".join(event.arguments_delta for event in deltas) == done.arguments
    assert isinstance(done.parsed_arguments, GetWeather)
    [call] = final.choices[0].message.tool_calls
    assert call.id and call.function.parsed_arguments == done.parsed_arguments
    assert final.choices[0].finish_reason == "tool_calls"


def check_stream_events_of_log_probabilities():
    with client.chat.completions.stream(**brief, logprobs=True, top_logprobs=2) as stream:
        events = list(stream)
        final = stream.current_completion_snapshot
    [done] = [event for event in events if event.type == "logprobs.content.done"]
    assert len(done.content) == 20, done
    assert final.choices[0].logprobs.content == done.content
    assert all(len(token.top_logprobs) == 2 and token.logprob <= 0 for token in done.content)
    assert b"".join(bytes(token.bytes) for token in done.content).decode() == final.choices[0].message.content


def check_raw_response():
    raw = client.chat.completions.with_raw_response.create(**brief)
    assert raw.status_code == 200
    assert raw.headers["x-request-id"] and raw.request_id == raw.headers["x-request-id"]
    assert float(raw.headers["openai-processing-ms"]) >= 0
    completion = raw.parse()
    assert completion.id.startswith("chatcmpl-") and completion._request_id == raw.request_id


def check_raw_stream():
    with client.chat.completions.with_streaming_response.create(**brief, stream=True) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-request-id"] and "openai-processing-ms" in answer.headers
        lines = [line for line in answer.iter_lines() if line]
    assert lines[0].startswith("data: {") and lines[-1] == "data: [DONE]", lines


def check_several_choices():
    completion = client.chat.completions.create(**{**brief, "n": 3, "seed": 1, "temperature": 1})
    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    assert all(choice.message.content for choice in completion.choices)


async def check_async_client():
    async with AsyncOpenAI(**settings) as asynchronous:
        answers = await asyncio.gather(*(asynchronous.chat.completions.create(**brief) for _ in range(3)))
        assert len({answer.id for answer in answers}) == 3
        assert all(answer.usage.completion_tokens == 20 for answer in answers)
        parsed = await asynchronous.chat.completions.parse(**formed)
        assert isinstance(parsed.choices[0].message.parsed, Person)
        async with asynchronous.chat.completions.stream(**sentence) as stream:
            kinds = [event.type async for event in stream]
            final = await stream.get_final_completion()
        assert kinds.count("content.delta") > 5 and kinds.count("content.done") == 1, kinds
        assert final.choices[0].finish_reason == "stop" and final.choices[0].message.content, final


def check_models():
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL


def fails_with(kind, code, param, **parameters):
    try:
        client.chat.completions.create(**{**brief, **parameters})
    except kind as error:
        assert (error.code, error.param) == (code, param), error
        assert error.request_id and error.type == "invalid_request_error"
    else:
        raise AssertionError(f"{parameters} was answered.")


def check_typed_errors():
    fails_with(openai.NotFoundError, "model_not_found", "model", model="nobody")
    fails_with(openai.BadRequestError, "decimal_above_max_value", "temperature", temperature=3)
    wrong = client.with_options(api_key="wrong")
    try:
        wrong.chat.completions.create(**brief)
    except openai.AuthenticationError as error:
        assert error.code == "invalid_api_key", error
    else:
        raise AssertionError("A wrong key was accepted.")


run_checks(globals())
