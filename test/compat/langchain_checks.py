# LangChain's ChatOpenAI: chats, streams, tool calls, forms. Retries are off, so that a failure shows.
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from langchain_samples import Person, fold, get_weather
from python_checks import BASE_URL, KEY, MODEL, run_checks


def chat(**parameters):
    settings = {"temperature": 0, "max_tokens": 20, "max_retries": 0, "timeout": 100, **parameters}
    return ChatOpenAI(model=MODEL, base_url=BASE_URL, api_key=KEY, **settings)


def check_chat():
    answer = chat().invoke([SystemMessage("You are brief."), HumanMessage("Tell me about the sea.")])
    assert answer.content.strip(), answer
    assert answer.usage_metadata["output_tokens"] == 20, answer
    assert answer.usage_metadata["input_tokens"] > 5, answer
    assert answer.response_metadata["finish_reason"] == "length", answer
    assert answer.response_metadata["model_name"] == MODEL, answer


def check_stream():
    pieces = list(chat(stream_usage=True).stream("Tell me about the sea."))
    whole = fold(pieces)
    assert len([piece for piece in pieces if piece.content]) > 5, pieces
    assert whole.content.strip() and whole.response_metadata["finish_reason"] == "length", whole
    assert whole.usage_metadata["output_tokens"] == 20, whole


def check_batch():
    answers = chat().batch(["Say hello.", "Say goodbye.", "Count to three."])
    assert len({answer.id for answer in answers}) == 3
    assert all(answer.content for answer in answers), answers


async def check_async_stream():
    pieces = [piece.content async for piece in chat().astream("Tell me about the sea.")]
    assert len([piece for piece in pieces if piece]) > 5, pieces


def check_tool_round_trip():
    messages = [HumanMessage("What is the weather in Paris?")]
    caller = chat(max_tokens=200).bind_tools([get_weather], tool_choice="get_weather")
    asked = caller.invoke(messages)
    assert not asked.invalid_tool_calls and asked.response_metadata["finish_reason"] == "tool_calls", asked
    [call] = asked.tool_calls
    result = get_weather.invoke(call)
    assert isinstance(result, ToolMessage) and result.tool_call_id == call["id"], result
    assert result.content.startswith("18 degrees in "), result
    answer = chat().bind_tools([get_weather], tool_choice="none").invoke([*messages, asked, result])
    assert answer.content.strip() and not answer.tool_calls, answer
    # The result is in the prompt: it is longer than that of the question alone.
    assert answer.usage_metadata["input_tokens"] > asked.usage_metadata["input_tokens"], answer


def check_streamed_tool_call():
    caller = chat(max_tokens=200).bind_tools([get_weather], tool_choice="any", strict=True)
    pieces = list(caller.stream("What is the weather in Paris?"))
    assert len([piece for piece in pieces if piece.tool_call_chunks]) > 1, pieces
    whole = fold(pieces)
    assert whole.tool_calls and not whole.invalid_tool_calls, whole
    for call in whole.tool_calls:
        assert call["name"] == "get_weather" and call["id"], call
        assert call["args"]["city"] in ("Paris", "Rome"), call


def form_by(method, **options):
    former = chat(max_tokens=200).with_structured_output(Person, method=method, include_raw=True, **options)
    answer = former.invoke("Describe Tom, who is happy, in JSON.")
    assert answer["parsing_error"] is None, answer
    return answer["parsed"]


def check_form_by_json_schema():
    assert isinstance(form_by("json_schema", strict=True), Person)


def check_form_by_function_calling():
    assert isinstance(form_by("function_calling"), Person)


def check_form_by_json_mode():
    # JSON mode promises an object and no schema: which one is up to the model, and the dictionary is what came.
    former = chat(max_tokens=300).with_structured_output(None, method="json_mode")
    answer = former.invoke("Describe Tom in a JSON object with a name and an age.")
    assert isinstance(answer, dict), answer


def check_streamed_form():
    pieces = list(chat(max_tokens=200).with_structured_output(Person).stream("Describe Tom, who is happy."))
    assert isinstance(pieces[-1], Person), pieces


run_checks(globals())
