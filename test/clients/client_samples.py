# What the checks of all clients ask for. The form is an ordinary Pydantic model: its schema says nothing of
# additional properties, as most clients' schemas.
from typing import Literal

from pydantic import BaseModel, Field

SEA_PROMPT = "Tell me about the sea."
# The answer is short and ends: some clients take one that is cut for a failure.
SHORT_PROMPT = "What is the capital of France?"
PERSON_PROMPT = "Describe Tom, who is happy, in JSON."
WEATHER_PROMPT = "What is the weather in Paris?"


class Person(BaseModel):
    """A person."""

    name: str = Field(max_length=20)
    mood: Literal["happy", "sad"]


WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
            "required": ["city"],
        },
    },
}
