# OpenAI's Agents SDK, over responses (its default) and over chat completions.
from agents import (
    Agent,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from client_samples import PERSON_PROMPT, SHORT_PROMPT, WEATHER_PROMPT, Person
from openai import AsyncOpenAI
from python_checks import BASE_URL, KEY, MODEL, run_checks

set_tracing_disabled(True)


def create_agents(**parts):
    """An agent for each API."""
    for kind in (OpenAIResponsesModel, OpenAIChatCompletionsModel):
        client = AsyncOpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0)
        brief = "You answer in one short sentence."
        yield Agent(name="Guide", instructions=brief, model=kind(model=MODEL, openai_client=client), **parts)


def settings(max_tokens, **others):
    return ModelSettings(temperature=0, max_tokens=max_tokens, **others)


async def check_chat():
    for agent in create_agents(model_settings=settings(200)):
        answer = await Runner.run(agent, SHORT_PROMPT)
        assert answer.final_output.strip(), answer


async def check_stream():
    for agent in create_agents(model_settings=settings(200)):
        answer = Runner.run_streamed(agent, SHORT_PROMPT)
        kinds = [event.data.type async for event in answer.stream_events() if event.type == "raw_response_event"]
        assert kinds.count("response.output_text.delta") > 3, kinds
        assert answer.final_output.strip(), answer


async def check_tool():
    asked = []

    @function_tool
    def get_weather(city: str) -> str:
        """The weather of a city."""
        asked.append(city)
        return f"18 degrees in {city}"

    for agent in create_agents(tools=[get_weather], model_settings=settings(300, tool_choice="required")):
        answer = await Runner.run(agent, WEATHER_PROMPT, max_turns=4)
        assert answer.final_output.strip(), answer
    assert len(asked) >= 2, asked


async def check_structured():
    for agent in create_agents(output_type=Person, model_settings=settings(200)):
        answer = await Runner.run(agent, PERSON_PROMPT)
        assert isinstance(answer.final_output, Person), answer


async def check_turns():
    for agent in create_agents(model_settings=settings(200)):
        first = await Runner.run(agent, SHORT_PROMPT)
        second = await Runner.run(agent, [*first.to_input_list(), {"role": "user", "content": SHORT_PROMPT}])
        assert second.final_output.strip(), second


run_checks(globals())
