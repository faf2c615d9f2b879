# What the checks of LangChain's clients use.
from typing import Literal

from langchain_core.tools import tool
from pydantic import BaseModel, Field


class Person(BaseModel):
    """A person."""

    name: str = Field(max_length=20)
    mood: Literal["happy", "sad"]


@tool
def get_weather(city: Literal["Paris", "Rome"]) -> str:
    """The weather of a city."""
    return f"18 degrees in {city}"


def fold(pieces):
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    return whole
