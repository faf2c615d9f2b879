import { conversationErrors, toTypedEventSchema } from './chat-operation.ts';
import { toBodylessSamples, toPostSamples } from './code-samples.ts';
import { compatParameter, toIdParameter, toPageParameters } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';
import { toJavaScriptString, toPythonString } from './quote-in-sample.ts';

const description = `OpenAI's Responses API: a conversation of items, stateless or continued with \`previous_response_id\`.

A response is stored unless \`store\` is false. Nothing is ignored silently: an unsupported parameter is refused with
\`unsupported_parameter\`, and an unknown field is listed in the header \`x-ignored-params\`.

With \`stream: true\` each event has the name of its \`type\`. The last one is \`response.completed\` or
\`response.incomplete\`. A stream that fails after its start ends with \`error\`, which has the code of the failure,
and \`response.failed\`.`;

const responseId = toIdParameter('response_id', 'Id of a response that was stored with the same key.');

/** Of everything that reads a request as a response's. */
const countErrors = [...conversationErrors, 'response_not_found'] as const;

export const createResponseOperation: Operation = {
  id: 'createResponse',
  tag: 'Responses',
  summary: 'Create a response',
  description,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/ResponseRequest' },
    toExample: ({ model }) => ({ model, input: 'Hello!' }),
  },
  answers: {
    200: {
      description: 'The response. With `stream: true`, its events as server-sent events.',
      headers: ['x-ignored-params', 'x-structured-attempts', 'x-structured-unenforced'],
      content: {
        'application/json': { $ref: '#/components/schemas/Response' },
        'text/event-stream': toTypedEventSchema('ResponseStreamEvent'),
      },
    },
  },
  errors: [...countErrors, 'invalid_structured_output'],
  toSamples: (context) => {
    const { model } = context;
    return toPostSamples(
      context,
      '/responses',
      { model, input: 'Hello!' },
      {
        python: `response = client.responses.create(model=${toPythonString(model)}, input="Hello!")\nprint(response.output_text)`,
        javascript: `const response = await client.responses.create({ model: ${toJavaScriptString(model)}, input: 'Hello!' });\nconsole.log(response.output_text);`,
      },
    );
  },
};

export const countResponseInputTokensOperation: Operation = {
  id: 'countResponseInputTokens',
  tag: 'Responses',
  summary: "Count the tokens of a response's request",
  description:
    'Takes the body of a response and returns the `usage.input_tokens` that it would have, including the earlier conversation, tools and a shown schema. Nothing is generated or stored.',
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/ResponseRequest' },
    toExample: ({ model }) => ({ model, input: 'Hello!' }),
  },
  answers: { 200: toJsonAnswer('The count.', 'InputTokens', ['x-ignored-params']) },
  errors: countErrors,
  toSamples: (context) => {
    const { model } = context;
    return toPostSamples(
      context,
      '/responses/input_tokens',
      { model, input: 'Hello!' },
      {
        python: `count = client.responses.input_tokens.count(model=${toPythonString(model)}, input="Hello!")\nprint(count.input_tokens)`,
        javascript: `const count = await client.responses.inputTokens.count({ model: ${toJavaScriptString(model)}, input: 'Hello!' });\nconsole.log(count.input_tokens);`,
      },
    );
  },
};

export const compactResponseOperation: Operation = {
  id: 'compactResponse',
  tag: 'Responses',
  summary: 'Compact a conversation',
  description: `The model writes a summary of the conversation. The answer has the last messages of the user and the summary: send its
\`output\` in place of the conversation, with what is new. Nothing is stored, and no tool is called.

The conversation and the summary must fit into the context, so compact before it is full.`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/CompactionRequest' },
    toExample: ({ model }) => ({ model, input: 'Hello!' }),
  },
  answers: { 200: toJsonAnswer('The summary.', 'CompactedResponse', ['x-ignored-params']) },
  errors: [...countErrors, 'invalid_structured_output'],
  toSamples: (context) => {
    const { model } = context;
    return toPostSamples(
      context,
      '/responses/compact',
      { model, input: 'Hello!' },
      {
        python: `compacted = client.responses.compact(model=${toPythonString(model)}, input="Hello!")\nprint(compacted.output)`,
        javascript: `const compacted = await client.responses.compact({ model: ${toJavaScriptString(model)}, input: 'Hello!' });\nconsole.log(compacted.output);`,
      },
    );
  },
};

export const getResponseOperation: Operation = {
  id: 'getResponse',
  tag: 'Responses',
  summary: 'Get a stored response',
  description: "The stored answer. It can't be streamed again: `stream=true` is refused.",
  parameters: [responseId, compatParameter],
  answers: { 200: toJsonAnswer('The response.', 'Response', ['x-ignored-params']) },
  errors: ['invalid_api_key', 'response_not_found', 'unknown_url'],
  hasRequestErrors: true,
  toSamples: (context) =>
    toBodylessSamples(context, '/responses/resp_ID', {
      python: 'response = client.responses.retrieve("resp_ID")\nprint(response.output_text)',
      javascript:
        "const response = await client.responses.retrieve('resp_ID');\nconsole.log(response.output_text);",
    }),
};

export const deleteResponseOperation: Operation = {
  id: 'deleteResponse',
  tag: 'Responses',
  summary: 'Remove a stored response',
  description: 'Deletes a stored response permanently. Responses that continue it keep their conversation.',
  parameters: [responseId],
  answers: { 200: toJsonAnswer('The response was deleted.', 'ResponseDeleted') },
  errors: ['invalid_api_key', 'response_not_found', 'unknown_url'],
  toSamples: (context) =>
    toBodylessSamples(
      context,
      '/responses/resp_ID',
      {
        python: 'client.responses.delete("resp_ID")',
        javascript: "await client.responses.delete('resp_ID');",
      },
      ['-X DELETE'],
    ),
};

export const cancelResponseOperation: Operation = {
  id: 'cancelResponse',
  tag: 'Responses',
  summary: 'Cancel a response',
  description:
    'Always refused, because only background responses can be cancelled, and there are none. To stop a running response, close its connection.',
  parameters: [responseId],
  answers: {},
  errors: [
    'invalid_api_key',
    'response_not_found',
    'unknown_url',
    'malformed_body',
    'unsupported_media_type',
    'request_too_large',
  ],
  hasRequestErrors: true,
  toSamples: (context) =>
    toBodylessSamples(
      context,
      '/responses/resp_ID/cancel',
      {
        python: 'client.responses.cancel("resp_ID")',
        javascript: "await client.responses.cancel('resp_ID');",
      },
      ['-X POST'],
    ),
};

export const listResponseInputItemsOperation: Operation = {
  id: 'listResponseInputItems',
  tag: 'Responses',
  summary: 'List what a stored response answers',
  description: 'All items of its conversation, including the ones from earlier responses.',
  parameters: [responseId, compatParameter, ...toPageParameters('desc')],
  answers: { 200: toJsonAnswer('A page of items.', 'ResponseItemList', ['x-ignored-params']) },
  errors: ['invalid_api_key', 'response_not_found', 'unknown_url'],
  hasRequestErrors: true,
  toSamples: (context) =>
    toBodylessSamples(context, '/responses/resp_ID/input_items', {
      python: 'for item in client.responses.input_items.list("resp_ID"):\n    print(item.type)',
      javascript:
        "for await (const item of client.responses.inputItems.list('resp_ID')) {\n  console.log(item.type);\n}",
    }),
};
