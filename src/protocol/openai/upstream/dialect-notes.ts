import type { UpstreamKind } from '../../../upstream-rules/upstream-kinds.ts';

/** What a server does otherwise than its parameters say, what we do about it, and how we know. */
export interface DialectNote {
  readonly parameter: string;
  readonly behaviour: string;
  readonly handling: string;
  readonly source: string;
}

const vllmSource = 'vLLM 0.32, `entrypoints/openai/chat_completion/protocol.py`';
const vllmRecording = 'recorded with vLLM 0.32';
const sglangSource = 'SGLang, `srt/entrypoints/openai/protocol.py`';
const llamaSource = 'llama.cpp, `tools/server/server-common.cpp` and its README';
const llamaRecording = 'recorded with llama-server b11434';
const ollamaSource = 'Ollama, `openai/openai.go`';

/** Shown in docs/guides/upstreams.md. */
export const dialectNotes: Readonly<Record<UpstreamKind, readonly DialectNote[]>> = {
  'openai-compatible': [
    {
      parameter: 'everything beyond OpenAI',
      behaviour: 'not known',
      handling: 'Only what nearly all servers take is sent. `capabilities` of a deployment says more.',
      source: "OpenAI's API reference",
    },
  ],
  vllm: [
    {
      parameter: '`tool_choice`: `required` or a function',
      behaviour:
        'Arguments may be any JSON, unless the tool is `strict`. The call of a function ends with `stop`.',
      handling:
        'The tools are sent as `strict`, unless the server refuses their parameters. The call ends with `tool_calls`.',
      source: vllmRecording,
    },
    {
      parameter: 'unknown roles',
      behaviour: 'accepted',
      handling: 'Refused with 400.',
      source: vllmRecording,
    },
    {
      parameter: 'a stream with a schema that is none',
      behaviour: 'status 200, and an error in the stream',
      handling: 'Refused with 400.',
      source: vllmRecording,
    },
    {
      parameter: 'embeddings of a model that chats',
      behaviour: '404',
      handling: '400 `unsupported_model`.',
      source: vllmRecording,
    },
    {
      parameter: 'the limit of `/responses`',
      behaviour: 'A stream that the limit cut ends with `response.completed`.',
      handling: 'It ends with `response.incomplete`.',
      source: vllmRecording,
    },
    {
      parameter: 'a streamed response to a prompt that is too long',
      behaviour: '400',
      handling: "The stream ends with `response.failed`, as OpenAI's does.",
      source: vllmRecording,
    },
    {
      parameter: '`max_completion_tokens` beyond the context',
      behaviour: 'refused with 400',
      handling: 'It is left out, and the answer ends with `length` where the context does.',
      source: vllmRecording,
    },
    {
      parameter: 'allowed tools',
      behaviour: 'refused with 400',
      handling: 'Only the allowed tools are sent.',
      source: vllmSource,
    },
    {
      parameter: 'regular expressions, choices and grammars',
      behaviour: '`structured_outputs`; versions before 0.11 ignore it',
      handling: 'The finished answer is checked.',
      source: vllmSource,
    },
    {
      parameter: '`suffix`',
      behaviour: 'refused with 400',
      handling: 'Refused with 400, with the name of the deployment.',
      source: 'vLLM 0.32, `entrypoints/openai/completion`',
    },
  ],
  sglang: [
    {
      parameter: 'choices as a format',
      behaviour: 'There is no such format; `regex` and `ebnf` are fields of their own.',
      handling: 'Refused with 400.',
      source: sglangSource,
    },
    {
      parameter: '`max_tokens: 0`',
      behaviour: 'must be positive',
      handling: 'Refused with 400.',
      source: sglangSource,
    },
    {
      parameter: 'errors',
      behaviour: '`{"object":"error","message":…}` without `error`',
      handling: 'They are read like the others, also in a stream.',
      source: sglangSource,
    },
  ],
  'llama-server': [
    {
      parameter: '`tool_choice`: a function',
      behaviour: 'read as `auto`',
      handling: 'Only this tool is sent, and a call is required.',
      source: llamaSource,
    },
    {
      parameter: '`parallel_tool_calls`',
      behaviour: 'false by default',
      handling: 'It is always sent.',
      source: llamaSource,
    },
    {
      parameter: '`n`',
      behaviour: 'ignored by most builds',
      handling: 'One request for each answer; its own usage counts one of them.',
      source: llamaSource,
    },
    {
      parameter: '`repetition_penalty`',
      behaviour: 'named `repeat_penalty`; this name is ignored',
      handling: 'Sent as `repeat_penalty`.',
      source: llamaSource,
    },
    {
      parameter: '`echo`',
      behaviour: 'ignored',
      handling: 'The text stands before the answer.',
      source: llamaRecording,
    },
    {
      parameter: 'several prompts',
      behaviour: 'Its usage counts one of them.',
      handling: 'One request for each; the usage counts all.',
      source: llamaRecording,
    },
    {
      parameter: 'invalid values',
      behaviour: 'accepted, such as no messages, an unknown role or a negative temperature',
      handling: 'Refused with 400.',
      source: llamaRecording,
    },
    {
      parameter: 'images for a model without eyes',
      behaviour: '500',
      handling: 'Refused with 400.',
      source: llamaRecording,
    },
    {
      parameter: 'embeddings of a model that chats',
      behaviour: '501',
      handling: '400 `unsupported_model`.',
      source: llamaRecording,
    },
    {
      parameter: 'the limit of `/responses`',
      behaviour: 'An answer that the limit cut is `completed`.',
      handling: 'It is `incomplete`, with `max_output_tokens` as the reason.',
      source: llamaRecording,
    },
    {
      parameter: '`text.format` of `/responses`',
      behaviour: 'ignored',
      handling: 'It holds: Gravix asks for a chat completion.',
      source: llamaRecording,
    },
    {
      parameter: 'a streamed response to a prompt that is too long',
      behaviour: '400',
      handling: "The stream ends with `response.failed`, as OpenAI's does.",
      source: llamaRecording,
    },
    {
      parameter: 'stop sequences of `/messages`',
      behaviour: '`stop_reason` is `end_turn`, with the `stop_sequence`.',
      handling: '`stop_reason` is `end_turn`: a chat completion does not name the sequence.',
      source: llamaRecording,
    },
    {
      parameter: 'the last message of the assistant',
      behaviour: 'always continued',
      handling: 'Nothing more is sent for `continue_final_message`.',
      source: llamaSource,
    },
    {
      parameter: '`min_tokens`, `stop_token_ids`, `suffix`',
      behaviour: 'ignored',
      handling: 'Refused with 400.',
      source: llamaSource,
    },
  ],
  ollama: [
    {
      parameter: '`tool_choice`, `parallel_tool_calls`',
      behaviour: 'ignored',
      handling:
        'The calls of the finished answer are checked. `none` sends no tools, a function only this one.',
      source: ollamaSource,
    },
    {
      parameter: '`max_completion_tokens`',
      behaviour: 'ignored',
      handling: 'Sent as `max_tokens`.',
      source: ollamaSource,
    },
    {
      parameter: '`n`',
      behaviour: 'ignored',
      handling: 'One request for each answer.',
      source: ollamaSource,
    },
    {
      parameter: '`top_k`, `min_p`, `repetition_penalty`, `logit_bias`',
      behaviour: 'ignored',
      handling: 'Refused with 400.',
      source: ollamaSource,
    },
    {
      parameter: 'text completions',
      behaviour: 'The chat template is applied to the prompt.',
      handling: 'Refused with 400, unless `capabilities` has `textPrompts: true`.',
      source: 'Ollama, `server/routes.go`',
    },
    {
      parameter: 'several texts in one message',
      behaviour: 'Each becomes a message.',
      handling: 'They are joined with a line break.',
      source: ollamaSource,
    },
    {
      parameter: 'a prompt longer than the context',
      behaviour: 'Older messages are dropped in silence.',
      handling: 'Set `contextLength` of the deployment, and `OLLAMA_CONTEXT_LENGTH` of Ollama to the same.',
      source: 'Ollama, `server/prompt.go`',
    },
  ],
  openai: [
    {
      parameter: '`top_k`, `min_p`, `repetition_penalty`',
      behaviour: 'unknown parameters',
      handling: 'Refused with 400.',
      source: "OpenAI's API reference",
    },
    {
      parameter: 'more than 4 stop sequences',
      behaviour: 'refused with 400',
      handling: 'Refused with 400, with the name of the deployment.',
      source: "OpenAI's API reference",
    },
    {
      parameter: '429 `insufficient_quota`',
      behaviour: 'The account has no money.',
      handling: '502 `upstream_error`, and a line in the log.',
      source: "OpenAI's guide to error codes",
    },
  ],
  litellm: [
    {
      parameter: 'what a provider lacks',
      behaviour: 'refused, or dropped in silence with `drop_params`',
      handling: "Only OpenAI's common parameters are sent. Leave `drop_params` off.",
      source: "LiteLLM's documentation",
    },
  ],
  gravix: [
    {
      parameter: 'fields of a request',
      behaviour: 'all taken',
      handling: 'A request arrives as it was sent; a test compares them.',
      source: '`request-round-trip.test.ts`',
    },
  ],
};
