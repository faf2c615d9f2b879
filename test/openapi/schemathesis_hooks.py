"""What a request must keep to and JSON Schema can't say, told to schemathesis before it sends one.

Valid requests are made to mean something: a model that is served, few tokens, one form of the answer at most, and
grammars that parse. Requests that are meant to be refused keep what is wrong with them.
"""

import os

import schemathesis
from schemathesis import GenerationMode

MODEL = os.environ["GRAVIX_CHECK_MODEL"]
MODEL_CHARACTERS_MAX = 256
TOKENS = 4
DESCRIPTION_CHARACTERS_MAX = 64
TOOL_NAME = "f"
TOOLS_MAX = 3
PROMPT_CHARACTERS_MAX = 64
# Buckets of the widest width.
USAGE_DAYS_MAX = 31
# Of the model that is asked; a lower bound is as good.
TOKEN_IDS = 49_000

# Ids of one vocabulary, variables of one template, thoughts of a model that thinks; and what goes on with the last
# message, or bars the end of an answer that has a form.
OF_ONE_MODEL = [
    "logit_bias",
    "stop_token_ids",
    "chat_template_kwargs",
    "reasoning_effort",
    "continue_final_message",
    "add_generation_prompt",
    "min_tokens",
    "ignore_eos",
]

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["a"],
    "additionalProperties": False,
}
PATTERN = "[ab]{1,3}"
GRAMMAR = 'root ::= "yes" | "no"'

# By the name of a member, wherever it stands in what asks for the form of the answer.
MEANINGS = {
    "schema": SCHEMA,
    "json": SCHEMA,
    "json_schema": SCHEMA,
    "guided_json": SCHEMA,
    "regex": PATTERN,
    "pattern": PATTERN,
    "guided_regex": PATTERN,
    "grammar": GRAMMAR,
    "guided_grammar": GRAMMAR,
    "ebnf": GRAMMAR,
}

FORM_FIELDS = [
    "response_format",
    "structured_outputs",
    "guided_json",
    "guided_regex",
    "guided_choice",
    "guided_grammar",
    "json_schema",
    "grammar",
    "regex",
    "ebnf",
]


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Without idempotency keys: one key comes with many requests, and all but the first are refused for that."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            parameters = operation.get("parameters")
            if parameters is not None:
                operation["parameters"] = [each for each in parameters if not is_idempotency_key(each)]


def is_idempotency_key(parameter):
    name = parameter.get("name") or parameter.get("$ref", "").rsplit("/", 1)[-1]
    return name.lower().replace("-", "") == "idempotencykey"


@schemathesis.hook
def before_call(context, case, kwargs):
    is_positive = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    path = case.operation.path
    if is_positive and ("/usage" in path or path.endswith("/costs")):
        give_meaning_to_usage(case.query)
    body = case.body
    if not isinstance(body, dict):
        return
    model = body.get("model")
    if isinstance(model, str) and 0 < len(model) <= MODEL_CHARACTERS_MAX:
        body["model"] = MODEL
    bound_tokens(path, body)
    if is_positive:
        give_meaning(path, body)


def bound_tokens(path, body):
    """What a model would write until its context is full shows nothing new."""
    if "/responses" in path:
        if body.get("max_output_tokens") is None:
            body["max_output_tokens"] = TOKENS
    elif path.endswith("/chat/completions"):
        if body.get("max_tokens") is None and body.get("max_completion_tokens") is None:
            body["max_completion_tokens"] = TOKENS
    elif path.endswith("/completions") and body.get("max_tokens") is None:
        body["max_tokens"] = TOKENS


def give_meaning(path, body):
    if path.endswith("/tokenize"):
        give_meaning_to_tokenize(body)
    elif path.endswith("/detokenize"):
        body["tokens"] = to_known_tokens(body["tokens"])
    elif path.endswith("/embeddings"):
        body["input"] = "a"
        # Each model has its own.
        body.pop("dimensions", None)
    elif "/chat/completions" in path and "messages" in body:
        give_meaning_to_chat(body)
    elif path.endswith("/completions") and "prompt" in body:
        give_meaning_to_completion(body)
    elif path.endswith("/responses/compact") or ("/responses" in path and "input" in body):
        give_meaning_to_response(body)
    elif "/messages" in path and "messages" in body:
        give_meaning_to_message(body)


def give_meaning_to_usage(query):
    """An end after the start, buckets that all widths have, and minutes that are known."""
    query.pop("end_time", None)
    if query.get("bucket_width") == "1m" and ("start_time" in query or "page" in query):
        query["bucket_width"] = "1h"
    # A number, or its text.
    limit = query.get("limit")
    if limit is not None and int(limit) > USAGE_DAYS_MAX:
        query["limit"] = type(limit)(USAGE_DAYS_MAX)


def to_known_tokens(tokens):
    return [abs(int(token)) % TOKEN_IDS for token in tokens] or [1]


def give_meaning_to_tokenize(body):
    if body.get("messages"):
        body.pop("prompt", None)
        body.pop("content", None)
        give_meaning_to_chat(body)
        body.pop("max_completion_tokens", None)
        return
    for name in ("messages", "content", "tools", "add_generation_prompt", "continue_final_message", "chat_template_kwargs"):
        body.pop(name, None)
    body["prompt"] = "a"


def give_meaning_to_completion(body):
    body["max_tokens"] = TOKENS
    body["prompt"] = to_prompt(body["prompt"])
    for name in ("max_completion_tokens", "suffix", "best_of", "n", *OF_ONE_MODEL):
        body.pop(name, None)
    give_meaning_to_what_all_have(body)


def to_prompt(prompt):
    if isinstance(prompt, str):
        return prompt[:PROMPT_CHARACTERS_MAX]
    if all(isinstance(part, str) for part in prompt):
        return ["a"]
    return to_known_tokens(prompt) if not any(isinstance(part, list) for part in prompt) else [[1, 2]]


def give_meaning_to_what_all_have(body):
    if body.get("stream") is not True:
        body.pop("stream_options", None)
    if body.get("repetition_penalty") is not None:
        body.pop("repeat_penalty", None)
    given = [name for name in FORM_FIELDS if body.get(name) is not None]
    for name in given[1:]:
        del body[name]
    if given:
        body[given[0]] = to_form(given[0], body[given[0]])


def give_meaning_to_response(body):
    body["max_output_tokens"] = TOKENS
    body["input"] = "a"
    for name in ("previous_response_id", "tool_choice", "top_logprobs", "text", *OF_ONE_MODEL):
        body.pop(name, None)
    if body.get("tools"):
        body["tools"] = [{"type": "function", "name": "f", "parameters": SCHEMA}]
    body.pop("reasoning", None)
    give_meaning_to_what_all_have(body)


def give_meaning_to_message(body):
    """Blocks that refer to each other are left to tests that know which."""
    if "max_tokens" in body:
        body["max_tokens"] = TOKENS
    body["messages"] = [{"role": message["role"], "content": "a"} for message in body["messages"]]
    for name in ("tool_choice", "output_format", *OF_ONE_MODEL):
        body.pop(name, None)
    if body.get("tools"):
        body["tools"] = [{"name": TOOL_NAME + "0", "input_schema": SCHEMA}]
    if (body.get("output_config") or {}).get("format") is not None:
        body["output_config"]["format"]["schema"] = SCHEMA
    give_meaning_to_what_all_have(body)


def give_meaning_to_chat(body):
    body.pop("max_tokens", None)
    body["max_completion_tokens"] = TOKENS
    body["messages"] = [to_plain_message(message) for message in body["messages"]]
    give_meaning_to_tools(body)
    for name in OF_ONE_MODEL:
        body.pop(name, None)
    if body.get("logprobs") is not True:
        body.pop("top_logprobs", None)
    give_meaning_to_what_all_have(body)


def to_plain_message(message):
    """A result must answer a call: both are left to tests that know which."""
    if message["role"] in ("tool", "function"):
        return {"role": "user", "content": "a"}
    plain = {name: value for name, value in message.items() if name not in ("tool_calls", "function_call", "prefix")}
    if plain["role"] == "assistant" and plain.get("content") is None:
        plain["content"] = ""
    return plain


def give_meaning_to_tools(body):
    """The forms stay, of the tools and of their choice; what they name is there, and small enough for a few tokens."""
    tools, functions = body.pop("tools", None), body.pop("functions", None)
    choice, called = body.pop("tool_choice", None), body.pop("function_call", None)
    if functions and not tools:
        body.pop("parallel_tool_calls", None)
        body["functions"] = [to_function(function, index) for index, function in enumerate(functions[:TOOLS_MAX])]
        if called is not None:
            body["function_call"] = {"name": TOOL_NAME + "0"} if isinstance(called, dict) else called
    elif tools:
        body["tools"] = [
            {"type": "function", "function": to_function(tool["function"], index)}
            for index, tool in enumerate(tools[:TOOLS_MAX])
        ]
        if choice is not None:
            body["tool_choice"] = to_tool_choice(choice)


def to_function(function, index):
    meant = {"name": f"{TOOL_NAME}{index}", "parameters": SCHEMA}
    if function.get("strict") is not None:
        meant["strict"] = function["strict"]
    return meant


def to_tool_choice(choice):
    if not isinstance(choice, dict):
        return choice
    named = {"type": "function", "function": {"name": TOOL_NAME + "0"}}
    if choice["type"] == "function":
        return named
    allowed = {"mode": choice["allowed_tools"]["mode"], "tools": [named]}
    return {"type": "allowed_tools", "allowed_tools": allowed}


def to_form(name, value):
    if name == "response_format":
        return to_response_format(value)
    if name == "structured_outputs":
        kinds = ["json", "regex", "choice", "grammar"]
        kind = next((kind for kind in kinds if value.get(kind) is not None), None)
        return {"json_object": True} if kind is None else {kind: MEANINGS.get(kind, value[kind])}
    return MEANINGS.get(name, value)


def to_response_format(value):
    kind = value["type"]
    if kind == "json_schema":
        named = {**(value.get("json_schema") or {"name": "a"}), "schema": SCHEMA}
        # The model reads it, and reading thousands of characters hundreds of times shows nothing new.
        named["description"] = (named.get("description") or "")[:DESCRIPTION_CHARACTERS_MAX]
        return {"type": kind, "json_schema": named}
    if kind == "regex":
        return {"type": kind, "regex": PATTERN}
    if kind == "choice":
        return {"type": kind, "choice": value.get("choice") or value.get("choices") or ["a"]}
    if kind == "json_object":
        return {"type": kind}
    return {member: MEANINGS.get(member, content) for member, content in value.items()}
