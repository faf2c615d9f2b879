# Pydantic AI: NativeOutput sends a schema, ToolOutput a forced tool; chat completions and responses.
from client_samples import PERSON_PROMPT, SEA_PROMPT, Person
from pydantic_ai import Agent, NativeOutput, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider
from python_checks import BASE_URL, KEY, MODEL, run_checks

provider = OpenAIProvider(base_url=BASE_URL, api_key=KEY)
chat_model = OpenAIChatModel(MODEL, provider=provider)
brief = {"temperature": 0, "max_tokens": 20}
long = {"temperature": 0, "max_tokens": 200}


async def check_chat():
    answer = await Agent(chat_model, instructions="You are brief.").run(SEA_PROMPT, model_settings=brief)
    assert answer.output.strip(), answer


async def check_stream():
    async with Agent(chat_model).run_stream(SEA_PROMPT, model_settings=brief) as answer:
        pieces = [piece async for piece in answer.stream_text(delta=True, debounce_by=None)]
    assert len(pieces) > 5, pieces


async def check_tool():
    agent = Agent(chat_model, output_type=ToolOutput(Person), retries=0)
    assert isinstance((await agent.run(PERSON_PROMPT, model_settings=long)).output, Person)


async def check_structured():
    agent = Agent(chat_model, output_type=NativeOutput(Person), retries=0)
    assert isinstance((await agent.run(PERSON_PROMPT, model_settings=long)).output, Person)


async def check_responses():
    model = OpenAIResponsesModel(MODEL, provider=provider)
    agent = Agent(model, output_type=NativeOutput(Person), retries=0)
    assert isinstance((await agent.run(PERSON_PROMPT, model_settings=long)).output, Person)


async def check_turns():
    agent = Agent(chat_model)
    first = await agent.run(SEA_PROMPT, model_settings=brief)
    second = await agent.run("Go on.", message_history=first.all_messages(), model_settings=brief)
    assert second.usage.input_tokens > first.usage.input_tokens, second


run_checks(globals())
