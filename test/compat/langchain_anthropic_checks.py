# LangChain's ChatAnthropic: chats, streams, tool calls, forms. Retries are off, so that a failure shows.
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_samples import Person, fold, get_weather
from python_checks import BASE_URL, KEY, MODEL, run_checks


def chat(**parameters):
    settings = {"max_tokens": 20, "max_retries": 0, "timeout": 100, **parameters}
    return ChatAnthropic(model=MODEL, base_url=BASE_URL, api_key=KEY, **settings)


def check_chat():
    answer = chat().invoke([SystemMessage("You are brief."), HumanMessage("Tell me about the sea.")])
    assert answer.text.strip(), answer
    assert answer.usage_metadata["output_tokens"] == 20, answer
    assert answer.response_metadata["stop_reason"] == "max_tokens", answer


def check_stream():
    pieces = list(chat().stream("Tell me about the sea."))
    whole = fold(pieces)
    assert len([piece for piece in pieces if piece.text]) > 5, pieces
    assert whole.usage_metadata["output_tokens"] == 20, whole
    assert whole.response_metadata["stop_reason"] == "max_tokens", whole


def check_tool_round_trip():
    messages = [HumanMessage("What is the weather in Paris?")]
    first = chat(max_tokens=100).bind_tools([get_weather], tool_choice="any").invoke(messages)
    call = first.tool_calls[0]
    assert call["name"] == "get_weather" and call["args"]["city"] in ("Paris", "Rome"), first
    result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])
    second = chat(max_tokens=100).invoke([*messages, first, result])
    assert second.text.strip(), second


def check_form():
    model = chat(max_tokens=200).with_structured_output(Person)
    assert isinstance(model.invoke("Describe Tom, who is happy."), Person)


run_checks(globals())
