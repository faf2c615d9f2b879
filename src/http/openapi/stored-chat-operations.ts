import { toBodylessSamples, toPostSamples } from './code-samples.ts';
import { compatParameter, toIdParameter, toPageParameters } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';

const completionId = toIdParameter(
  'completion_id',
  'Id of a chat completion that was created with `store: true` and the same key.',
);

const scope =
  'Only completions that this key created with `store: true` and that are still stored. The operator limits their number, size and age.';

export const listChatCompletionsOperation: Operation = {
  id: 'listChatCompletions',
  tag: 'Stored chat completions',
  summary: 'List stored chat completions',
  description: scope,
  parameters: [
    compatParameter,
    ...toPageParameters('asc'),
    {
      name: 'model',
      in: 'query',
      description: 'Only completions of this model.',
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    },
    {
      name: 'metadata[KEY]',
      in: 'query',
      description:
        'Only completions whose metadata has this value under `KEY`. It can be given for several keys.',
      schema: { type: 'string', maxLength: 512 },
    },
  ],
  answers: { 200: toJsonAnswer('A page of completions.', 'StoredChatCompletionList', ['x-ignored-params']) },
  errors: ['invalid_api_key', 'response_not_found'],
  hasRequestErrors: true,
  toSamples: (context) =>
    toBodylessSamples(context, '/chat/completions?limit=10', {
      python: 'for completion in client.chat.completions.list(limit=10):\n    print(completion.id)',
      javascript:
        'for await (const completion of client.chat.completions.list({ limit: 10 })) {\n  console.log(completion.id);\n}',
    }),
};

export const getChatCompletionOperation: Operation = {
  id: 'getChatCompletion',
  tag: 'Stored chat completions',
  summary: 'Get a stored chat completion',
  description: scope,
  parameters: [completionId],
  answers: { 200: toJsonAnswer('The stored answer.', 'StoredChatCompletion') },
  errors: ['invalid_api_key', 'response_not_found', 'unknown_url'],
  toSamples: (context) =>
    toBodylessSamples(context, '/chat/completions/chatcmpl-ID', {
      python:
        'completion = client.chat.completions.retrieve("chatcmpl-ID")\nprint(completion.choices[0].message.content)',
      javascript:
        "const completion = await client.chat.completions.retrieve('chatcmpl-ID');\nconsole.log(completion.choices[0].message.content);",
    }),
};

export const updateChatCompletionOperation: Operation = {
  id: 'updateChatCompletion',
  tag: 'Stored chat completions',
  summary: 'Change the metadata of a stored chat completion',
  description: 'Only the metadata can be changed.',
  parameters: [completionId, compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/UpdateMetadataRequest' },
    toExample: () => ({ metadata: { topic: 'greetings' } }),
  },
  answers: {
    200: toJsonAnswer('The answer with its new metadata.', 'StoredChatCompletion', ['x-ignored-params']),
  },
  errors: [
    'malformed_body',
    'invalid_api_key',
    'response_not_found',
    'unknown_url',
    'request_too_large',
    'unsupported_media_type',
  ],
  toSamples: (context) =>
    toPostSamples(
      context,
      '/chat/completions/chatcmpl-ID',
      { metadata: { topic: 'greetings' } },
      {
        python: 'client.chat.completions.update("chatcmpl-ID", metadata={"topic": "greetings"})',
        javascript:
          "await client.chat.completions.update('chatcmpl-ID', { metadata: { topic: 'greetings' } });",
      },
    ),
};

export const deleteChatCompletionOperation: Operation = {
  id: 'deleteChatCompletion',
  tag: 'Stored chat completions',
  summary: 'Remove a stored chat completion',
  description: 'Deletes it permanently.',
  parameters: [completionId],
  answers: { 200: toJsonAnswer('The completion was deleted.', 'ChatCompletionDeleted') },
  errors: ['invalid_api_key', 'response_not_found', 'unknown_url'],
  toSamples: (context) =>
    toBodylessSamples(
      context,
      '/chat/completions/chatcmpl-ID',
      {
        python: 'client.chat.completions.delete("chatcmpl-ID")',
        javascript: "await client.chat.completions.delete('chatcmpl-ID');",
      },
      ['-X DELETE'],
    ),
};

export const listChatCompletionMessagesOperation: Operation = {
  id: 'listChatCompletionMessages',
  tag: 'Stored chat completions',
  summary: 'List the messages of a stored chat completion',
  description: 'The messages of the request. The answer is not included.',
  parameters: [completionId, compatParameter, ...toPageParameters('asc')],
  answers: { 200: toJsonAnswer('A page of messages.', 'StoredChatMessageList', ['x-ignored-params']) },
  errors: ['invalid_api_key', 'response_not_found', 'unknown_url'],
  hasRequestErrors: true,
  toSamples: (context) =>
    toBodylessSamples(context, '/chat/completions/chatcmpl-ID/messages', {
      python:
        'for message in client.chat.completions.messages.list("chatcmpl-ID"):\n    print(message.role, message.content)',
      javascript:
        "for await (const message of client.chat.completions.messages.list('chatcmpl-ID')) {\n  console.log(message.role, message.content);\n}",
    }),
};
