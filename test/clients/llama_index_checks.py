# LlamaIndex with its client for servers like OpenAI's.
from client_samples import PERSON_PROMPT, SEA_PROMPT, WEATHER_PROMPT, Person
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from python_checks import BASE_URL, KEY, MODEL, run_checks


def llm(max_tokens, **parts):
    settings = {"is_chat_model": True, "is_function_calling_model": True, "context_window": 2048, "max_retries": 0, "timeout": 200}
    return OpenAILike(
        model=MODEL, api_base=BASE_URL, api_key=KEY, temperature=0, max_tokens=max_tokens, **settings, **parts
    )


def check_chat():
    assert llm(20).chat([ChatMessage(SEA_PROMPT)]).message.content.strip()
    assert llm(20, is_completion_model=True).complete(SEA_PROMPT).text.strip()


def check_stream():
    pieces = list(llm(20).stream_chat([ChatMessage(SEA_PROMPT)]))
    assert len([piece for piece in pieces if piece.delta]) > 5, pieces


def check_tool():
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"18 degrees in {city}"

    tools = [FunctionTool.from_defaults(get_weather)]
    answer = llm(200).chat_with_tools(tools, WEATHER_PROMPT, tool_required=True)
    calls = llm(200).get_tool_calls_from_response(answer)
    assert calls[0].tool_name == "get_weather" and "city" in calls[0].tool_kwargs, calls


def check_structured():
    model = llm(200, should_use_structured_outputs=True)
    assert isinstance(model.structured_predict(Person, PromptTemplate(PERSON_PROMPT)), Person)


def check_form_by_tool():
    assert isinstance(llm(200).structured_predict(Person, PromptTemplate(PERSON_PROMPT)), Person)


run_checks(globals())
