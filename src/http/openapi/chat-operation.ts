import { toOpenAiJavaScript, toOpenAiPython } from './code-samples.ts';
import { compatParameter } from './common-parameters.ts';
import type { CodeSamples, JsonSchema, Operation, SampleContext } from './operation.ts';
import { toJavaScriptString, toJsonInShell, toPythonString } from './quote-in-sample.ts';

const description = `Answers a conversation, as a whole or as a stream of events.

Nothing is ignored silently: an unsupported parameter is refused with \`unsupported_parameter\`, and an unknown field is
listed in the header \`x-ignored-params\`.

With \`stream: true\` each event is \`data: \` with a chunk as JSON; the last one is \`data: [DONE]\`. A stream that
fails after its start ends with an event that has an error, without \`[DONE]\`, and the connection is cut.`;

/** Of every request that asks a model. */
export const modelErrors = [
  'malformed_body',
  'unsupported_capability',
  'context_length_exceeded',
  'invalid_api_key',
  'model_not_found',
  'request_too_large',
  'unsupported_media_type',
  'overloaded',
  'model_loading',
  'engine_crashed',
  'insufficient_memory',
  'timeout',
] as const;

/** Of every request that asks a model to go on with a conversation, or counts it. */
export const conversationErrors = [
  ...modelErrors,
  'unsupported_schema',
  'unsupported_grammar',
  'unsupported_messages',
] as const;

/** One event of the stream, as readers of such streams see it; a failure after the begin is an event too. */
export function toEventSchema(chunk: string): JsonSchema {
  return {
    type: 'object',
    description: 'One event. Its data is a chunk as JSON, and `[DONE]` in the last event.',
    required: ['data'],
    properties: {
      data: {
        anyOf: [
          { type: 'string', const: '[DONE]' },
          toJsonTextSchema({ $ref: `#/components/schemas/${chunk}` }),
          toJsonTextSchema({ $ref: '#/components/schemas/ErrorBody' }),
        ],
      },
    },
  };
}

/** One event of a stream whose events have names. */
export function toTypedEventSchema(event: string): JsonSchema {
  return {
    type: 'object',
    description: 'One event.',
    required: ['event', 'data'],
    properties: {
      event: { type: 'string', description: 'The `type` of its data.' },
      data: { anyOf: [toJsonTextSchema({ $ref: `#/components/schemas/${event}` })] },
    },
  };
}

function toJsonTextSchema(contentSchema: JsonSchema): JsonSchema {
  return { type: 'string', contentMediaType: 'application/json', contentSchema };
}

export const createChatCompletionOperation: Operation = {
  id: 'createChatCompletion',
  tag: 'Chat',
  summary: 'Create a chat completion',
  description,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/ChatCompletionRequest' },
    toExample: ({ model }) => ({ model, messages: [{ role: 'user', content: 'Hello!' }] }),
  },
  answers: {
    200: {
      description: 'The answer. With `stream: true`, its chunks as server-sent events.',
      headers: ['x-ignored-params', 'x-structured-attempts', 'x-structured-unenforced', 'x-stored'],
      content: {
        'application/json': { $ref: '#/components/schemas/ChatCompletion' },
        'text/event-stream': toEventSchema('ChatCompletionChunk'),
      },
    },
  },
  errors: [
    ...conversationErrors,
    'unknown_token',
    'unknown_stop_token',
    'unsupported_reasoning',
    'unsupported_template_variable',
    'unsupported_model',
    'invalid_structured_output',
  ],
  toSamples,
};

function toSamples(context: SampleContext): CodeSamples {
  const { serverUrl, base, model } = context;
  return {
    curl: `curl ${serverUrl}${base}/chat/completions \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY" \\
  -d '{
    "model": ${toJsonInShell(model)},
    "messages": [{ "role": "user", "content": "Hello!" }]
  }'`,
    python: toOpenAiPython(
      context,
      `completion = client.chat.completions.create(
    model=${toPythonString(model)},
    messages=[{"role": "user", "content": "Hello!"}],
)
print(completion.choices[0].message.content)`,
    ),
    javascript: toOpenAiJavaScript(
      context,
      `const completion = await client.chat.completions.create({
  model: ${toJavaScriptString(model)},
  messages: [{ role: 'user', content: 'Hello!' }],
});
console.log(completion.choices[0].message.content);`,
    ),
  };
}
