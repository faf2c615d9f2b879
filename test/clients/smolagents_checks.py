# smolagents: the model as its agents call it: a forced tool, and the form of the code agent's steps.
import json

from client_samples import SEA_PROMPT, WEATHER_PROMPT
from python_checks import BASE_URL, KEY, MODEL, run_checks
from smolagents import OpenAIModel, tool
from smolagents.models import CODEAGENT_RESPONSE_FORMAT, ChatMessage, MessageRole

model = OpenAIModel(model_id=MODEL, api_base=BASE_URL, api_key=KEY, temperature=0)


def say(text):
    return [ChatMessage(role=MessageRole.USER, content=[{"type": "text", "text": text}])]


def check_chat():
    assert model.generate(say(SEA_PROMPT), max_tokens=20).content.strip()


def check_stream():
    pieces = list(model.generate_stream(say(SEA_PROMPT), max_tokens=20))
    assert len([piece for piece in pieces if piece.content]) > 5, pieces


def check_tool():
    @tool
    def get_weather(city: str) -> str:
        """The weather of a city.

        Args:
            city: The city.
        """
        return f"18 degrees in {city}"

    answer = model.generate(say(WEATHER_PROMPT), tools_to_call_from=[get_weather], max_tokens=200)
    [call, *_] = answer.tool_calls
    arguments = call.function.arguments
    parsed = json.loads(arguments) if isinstance(arguments, str) else arguments
    assert call.function.name == "get_weather" and "city" in parsed, answer


def check_structured():
    settings = {"response_format": CODEAGENT_RESPONSE_FORMAT, "max_tokens": 400}
    step = json.loads(model.generate(say("Add 2 and 3 in Python."), **settings).content)
    assert set(step) == {"thought", "code"}, step


run_checks(globals())
