import { conversationErrors, toTypedEventSchema } from './chat-operation.ts';
import { toAnthropicSamples } from './code-samples.ts';
import { compatParameter } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';
import { toJavaScriptString, toPythonString } from './quote-in-sample.ts';

const description = `Anthropic's Messages API, for its SDKs and the agents that are built on them. Their base URL is the
address of this server without \`/v1\`. The key is sent as \`x-api-key\` or as \`Authorization: Bearer\`.

Errors have Anthropic's form; \`error.details\` has the code and the parameter that the other APIs of this server report. An
unsupported value is refused with 400, and an unknown field is listed in the header \`x-ignored-params\`.

With \`stream: true\` each event has the name of its \`type\`. The last one is \`message_stop\`. A stream that fails after its
start ends with \`error\`, and the connection is cut.`;

const countErrors = [...conversationErrors, 'unsupported_image'] as const;

const messages = [{ role: 'user', content: 'Hello!' }] as const;

export const createMessageOperation: Operation = {
  id: 'createMessage',
  apiForm: 'anthropic',
  tag: 'Messages',
  summary: 'Create a message',
  description,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/MessageRequest' },
    toExample: ({ model }) => ({ model, max_tokens: 256, messages }),
  },
  answers: {
    200: {
      description: 'The message. With `stream: true`, its events as server-sent events.',
      headers: ['request-id', 'x-ignored-params', 'x-structured-attempts', 'x-structured-unenforced'],
      content: {
        'application/json': { $ref: '#/components/schemas/Message' },
        'text/event-stream': toTypedEventSchema('MessageStreamEvent'),
      },
    },
  },
  errors: [...countErrors, 'invalid_structured_output'],
  toSamples: (context) => {
    const { model } = context;
    return toAnthropicSamples(
      context,
      '/messages',
      { model, max_tokens: 256, messages },
      {
        python: `message = client.messages.create(
    model=${toPythonString(model)},
    max_tokens=256,
    messages=[{"role": "user", "content": "Hello!"}],
)
print(message.content[0].text)`,
        javascript: `const message = await client.messages.create({
  model: ${toJavaScriptString(model)},
  max_tokens: 256,
  messages: [{ role: 'user', content: 'Hello!' }],
});
console.log(message.content[0].text);`,
      },
    );
  },
};

export const countMessageTokensOperation: Operation = {
  id: 'countMessageTokens',
  apiForm: 'anthropic',
  tag: 'Messages',
  summary: 'Count the tokens of a message',
  description:
    "Takes the body of a message and returns its prompt tokens: the sum of `input_tokens` and `cache_read_input_tokens` that its usage would have. Nothing is generated. If the server of the model can't count, the number is an estimate, and the header `x-token-count` is `estimated`.",
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/MessageTokensRequest' },
    toExample: ({ model }) => ({ model, messages }),
  },
  answers: {
    200: toJsonAnswer('The count.', 'MessageTokens', ['request-id', 'x-ignored-params', 'x-token-count']),
  },
  errors: countErrors,
  toSamples: (context) => {
    const { model } = context;
    return toAnthropicSamples(
      context,
      '/messages/count_tokens',
      { model, messages },
      {
        python: `count = client.messages.count_tokens(
    model=${toPythonString(model)},
    messages=[{"role": "user", "content": "Hello!"}],
)
print(count.input_tokens)`,
        javascript: `const count = await client.messages.countTokens({
  model: ${toJavaScriptString(model)},
  messages: [{ role: 'user', content: 'Hello!' }],
});
console.log(count.input_tokens);`,
      },
    );
  },
};
