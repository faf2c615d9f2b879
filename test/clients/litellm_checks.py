# LiteLLM as a library, with its generic provider and the one for vLLM.
import json

import litellm
from client_samples import PERSON_PROMPT, SEA_PROMPT, WEATHER_PROMPT, WEATHER_TOOL, Person
from python_checks import BASE_URL, KEY, MODEL, run_checks

providers = ("openai", "hosted_vllm")


def ask(provider, prompt, max_tokens, **fields):
    server = {"model": f"{provider}/{MODEL}", "api_base": BASE_URL, "api_key": KEY, "num_retries": 0}
    messages = [{"role": "user", "content": prompt}]
    return litellm.completion(messages=messages, temperature=0, max_tokens=max_tokens, **server, **fields)


def check_chat():
    for provider in providers:
        assert ask(provider, SEA_PROMPT, 20).choices[0].message.content.strip()


def check_stream():
    for provider in providers:
        pieces = list(ask(provider, SEA_PROMPT, 20, stream=True, stream_options={"include_usage": True}))
        assert len([piece for piece in pieces if piece.choices and piece.choices[0].delta.content]) > 5, pieces
        assert pieces[-1].usage.completion_tokens == 20, pieces[-1]


def check_tool():
    for provider in providers:
        answer = ask(provider, WEATHER_PROMPT, 200, tools=[WEATHER_TOOL], tool_choice="required")
        [call, *_] = answer.choices[0].message.tool_calls
        assert json.loads(call.function.arguments)["city"] in ("Paris", "Rome"), answer


def check_structured():
    for provider in providers:
        answer = ask(provider, PERSON_PROMPT, 200, response_format=Person)
        Person.model_validate_json(answer.choices[0].message.content)


def check_responses():
    server = {"model": f"openai/{MODEL}", "api_base": BASE_URL, "api_key": KEY, "num_retries": 0}
    answer = litellm.responses(input=SEA_PROMPT, max_output_tokens=20, temperature=0, **server)
    assert answer.output[0].content[0].text.strip(), answer


run_checks(globals())
