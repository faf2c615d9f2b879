# LangChain's agents: ProviderStrategy sends a schema, ToolStrategy a forced tool.
from client_samples import PERSON_PROMPT, SEA_PROMPT, WEATHER_PROMPT, Person
from langchain.agents import create_agent
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from python_checks import BASE_URL, KEY, MODEL, run_checks


def chat(**parameters):
    settings = {"temperature": 0, "max_tokens": 200, "max_retries": 0, "timeout": 200, **parameters}
    return ChatOpenAI(model=MODEL, base_url=BASE_URL, api_key=KEY, **settings)


def ask(agent, prompt):
    return agent.invoke({"messages": [{"role": "user", "content": prompt}]})


def check_chat():
    answer = ask(create_agent(chat(max_tokens=20), tools=[]), SEA_PROMPT)
    assert answer["messages"][-1].content.strip(), answer


def check_stream():
    messages = {"messages": [{"role": "user", "content": SEA_PROMPT}]}
    agent = create_agent(chat(max_tokens=20), tools=[])
    pieces = [piece for piece, _ in agent.stream(messages, stream_mode="messages")]
    assert len([piece for piece in pieces if piece.content]) > 5, pieces


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"18 degrees in {city}"


def check_tool():
    asked = chat().bind_tools([get_weather], tool_choice="any").invoke(WEATHER_PROMPT)
    assert [call["name"] for call in asked.tool_calls][:1] == ["get_weather"], asked
    # Of two calls LangChain takes none, and asks again.
    one_call = chat(model_kwargs={"parallel_tool_calls": False})
    answer = ask(create_agent(one_call, tools=[], response_format=ToolStrategy(Person)), PERSON_PROMPT)
    assert isinstance(answer["structured_response"], Person), answer


def check_structured():
    answer = ask(create_agent(chat(), tools=[], response_format=ProviderStrategy(Person)), PERSON_PROMPT)
    assert isinstance(answer["structured_response"], Person), answer


def check_responses():
    answer = chat(use_responses_api=True).with_structured_output(Person).invoke(PERSON_PROMPT)
    assert isinstance(answer, Person), answer


run_checks(globals())
