# DSPy: its language model alone, and a program whose answer has a schema. Its cache is off.
import json

import dspy
from client_samples import PERSON_PROMPT, SEA_PROMPT, WEATHER_PROMPT, WEATHER_TOOL, Person
from python_checks import BASE_URL, KEY, MODEL, run_checks


class SchemaLM(dspy.LM):
    """DSPy takes a model that it does not know for one without schemas, and then sends none."""

    supports_response_schema = True

    @property
    def supported_params(self):
        return {*super().supported_params, "response_format"}


def lm(max_tokens):
    settings = {"temperature": 0.0, "max_tokens": max_tokens, "cache": False, "num_retries": 0}
    return SchemaLM(f"openai/{MODEL}", api_base=BASE_URL, api_key=KEY, **settings)


class Describe(dspy.Signature):
    """Describe a person."""

    text: str = dspy.InputField()
    person: Person = dspy.OutputField()


def check_chat():
    [answer] = lm(20)(SEA_PROMPT)
    assert (answer if isinstance(answer, str) else answer["text"]).strip(), answer


async def check_stream():
    program = dspy.Predict("question -> answer: str")
    listener = dspy.streaming.StreamListener(signature_field_name="answer")
    streaming = dspy.streamify(program, stream_listeners=[listener])
    with dspy.context(lm=lm(200), adapter=dspy.JSONAdapter()):
        pieces = [piece async for piece in streaming(question=SEA_PROMPT)]
    assert isinstance(pieces[-1], dspy.Prediction) and pieces[-1].answer.strip(), pieces
    assert len([piece for piece in pieces if isinstance(piece, dspy.streaming.StreamResponse)]) > 2, pieces


def check_tool():
    [answer] = lm(200)(WEATHER_PROMPT, tools=[WEATHER_TOOL], tool_choice="required")
    [call, *_] = answer["tool_calls"]
    assert json.loads(call.function.arguments)["city"] in ("Paris", "Rome"), answer


def check_structured():
    with dspy.context(lm=lm(200), adapter=dspy.JSONAdapter()):
        assert isinstance(dspy.Predict(Describe)(text=PERSON_PROMPT).person, Person)


run_checks(globals())
