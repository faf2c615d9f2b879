"""Everything that the Responses API and stored chat completions do, through OpenAI's Python package."""

import os
import sys

from openai import BadRequestError, NotFoundError, OpenAI
from pydantic import BaseModel

MODEL = sys.argv[1]
client = OpenAI(api_key=os.environ["GRAVIXLAYER_API_KEY"], base_url=os.environ["BASE_URL"], max_retries=0)


class City(BaseModel):
    name: str
    people: int


def refuses(error, call):
    try:
        call()
    except error:
        return True
    return False


first = client.responses.create(model=MODEL, input="Say hello.", max_output_tokens=16, temperature=0)
assert first.output_text, first
assert client.responses.retrieve(first.id).output == first.output
second = client.responses.create(
    model=MODEL, input="Again.", previous_response_id=first.id, max_output_tokens=8
)
assert second.usage.input_tokens > first.usage.input_tokens
items = list(client.responses.input_items.list(second.id, limit=1, order="asc"))
assert [item.role for item in items] == ["user", "assistant", "user"], items

with client.responses.stream(model=MODEL, input="Say hello.", max_output_tokens=16, temperature=0) as stream:
    events = list(stream)
# Cut off or not, the last event has the whole response.
assert events[0].type == "response.created", events[0]
assert events[-1].type in ("response.completed", "response.incomplete"), events[-1]
assert events[-1].response.output_text == first.output_text, (events[-1], first)

parsed = client.responses.parse(model=MODEL, input="Name a city.", text_format=City)
assert parsed.output_parsed.name is not None, parsed

assert refuses(BadRequestError, lambda: client.responses.cancel(first.id))
client.responses.delete(first.id)
assert refuses(NotFoundError, lambda: client.responses.retrieve(first.id))

messages = [{"role": "user", "content": "Say hello."}]
made = client.chat.completions.create(
    model=MODEL, messages=messages, max_tokens=8, store=True, metadata={"topic": "python"}
)
kept = client.chat.completions.retrieve(made.id)
assert kept.choices == made.choices
assert [one.id for one in client.chat.completions.list(metadata={"topic": "python"})] == [made.id]
assert client.chat.completions.update(made.id, metadata={"topic": "b"}).metadata == {"topic": "b"}
assert [one.content for one in client.chat.completions.messages.list(made.id)] == ["Say hello."]
assert client.chat.completions.delete(made.id).deleted
print("done")
