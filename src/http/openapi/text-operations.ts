import { conversationErrors, modelErrors, toEventSchema } from './chat-operation.ts';
import { toFetchSamples, toPostSamples } from './code-samples.ts';
import { compatParameter } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';
import { toJavaScriptString, toPythonString } from './quote-in-sample.ts';

const tokenErrors = ['unsupported_model', 'unknown_prompt_token'] as const;
const textErrors = [...modelErrors, ...tokenErrors] as const;

export const createCompletionOperation: Operation = {
  id: 'createCompletion',
  tag: 'Text',
  summary: 'Create a text completion',
  description: `Continues a text without a chat template.

With several prompts, the choices follow their order. With \`echo\` and \`logprobs\`, the answer has the log-probabilities
of the prompt's tokens; with \`max_tokens: 0\` it has nothing else.`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/CompletionRequest' },
    toExample: ({ model }) => ({ model, prompt: 'Once upon a time', max_tokens: 32 }),
  },
  answers: {
    200: {
      description: 'The answer. With `stream: true`, its chunks as server-sent events.',
      headers: ['x-ignored-params', 'x-structured-attempts', 'x-structured-unenforced'],
      content: {
        'application/json': { $ref: '#/components/schemas/Completion' },
        'text/event-stream': toEventSchema('CompletionChunk'),
      },
    },
  },
  errors: [
    ...textErrors,
    'unsupported_schema',
    'unsupported_grammar',
    'unsupported_suffix',
    'unknown_token',
    'invalid_structured_output',
  ],
  toSamples: (context) => {
    const { model } = context;
    return toPostSamples(
      context,
      '/completions',
      { model, prompt: 'Once upon a time', max_tokens: 32 },
      {
        python: `completion = client.completions.create(
    model=${toPythonString(model)},
    prompt="Once upon a time",
    max_tokens=32,
)
print(completion.choices[0].text)`,
        javascript: `const completion = await client.completions.create({
  model: ${toJavaScriptString(model)},
  prompt: 'Once upon a time',
  max_tokens: 32,
});
console.log(completion.choices[0].text);`,
      },
    );
  },
};

export const createEmbeddingOperation: Operation = {
  id: 'createEmbedding',
  tag: 'Text',
  needs: 'embeddings',
  summary: 'Create embeddings',
  description:
    "Turns texts into vectors. Texts with similar meanings have vectors close to each other. Vectors have length 1, so the dot product of two vectors is their cosine similarity. Requires an embedding model. Send texts: token ids must come from the vocabulary of this model, and libraries made for OpenAI send ids of OpenAI's vocabulary (LangChain: `check_embedding_ctx_length=False`).",
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/EmbeddingRequest' },
    toExample: ({ model }) => ({ model, input: 'That is a happy person' }),
  },
  answers: {
    200: toJsonAnswer('The vectors, in the order of the inputs.', 'EmbeddingList', [
      'x-ignored-params',
      'x-warning',
    ]),
  },
  errors: [...textErrors, 'too_many_dimensions'],
  toSamples: (context) => {
    const { model } = context;
    return toPostSamples(
      context,
      '/embeddings',
      { model, input: 'That is a happy person' },
      {
        python: `embeddings = client.embeddings.create(
    model=${toPythonString(model)},
    input=["That is a happy person", "Today is a sunny day"],
)
print(len(embeddings.data[0].embedding))`,
        javascript: `const embeddings = await client.embeddings.create({
  model: ${toJavaScriptString(model)},
  input: ['That is a happy person', 'Today is a sunny day'],
});
console.log(embeddings.data[0].embedding.length);`,
      },
    );
  },
};

export const countInputTokensOperation: Operation = {
  id: 'countInputTokens',
  tag: 'Text',
  summary: 'Count the tokens of a chat request',
  description:
    'Takes the body of a chat completion and returns the `usage.prompt_tokens` that it would have. Nothing is generated.',
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/ChatCompletionRequest' },
    toExample: ({ model }) => ({ model, messages: [{ role: 'user', content: 'Hello!' }] }),
  },
  answers: {
    200: toJsonAnswer('The count.', 'InputTokens', ['x-ignored-params']),
  },
  errors: [...conversationErrors, ...tokenErrors],
  toSamples: (context) =>
    toFetchSamples(context, '/chat/completions/input_tokens', {
      model: context.model,
      messages: [{ role: 'user', content: 'Hello!' }],
    }),
};

export const tokenizeOperation: Operation = {
  id: 'tokenize',
  tag: 'Text',
  summary: 'Tokenize a text',
  description:
    'The tokens of a text, or of the rendered prompt of a conversation. Accepts the request formats of vLLM and llama-server.',
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/TokenizeRequest' },
    toExample: ({ model }) => ({ model, prompt: 'Hello!' }),
  },
  answers: {
    200: toJsonAnswer('The tokens.', 'TokenizeAnswer', ['x-ignored-params']),
  },
  errors: [...conversationErrors, ...tokenErrors],
  toSamples: (context) => toFetchSamples(context, '/tokenize', { model: context.model, prompt: 'Hello!' }),
};

export const detokenizeOperation: Operation = {
  id: 'detokenize',
  tag: 'Text',
  summary: 'Detokenize tokens',
  description: 'The text of the tokens. Control tokens are written as their names.',
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/DetokenizeRequest' },
    toExample: ({ model }) => ({ model, tokens: [1, 2, 3] }),
  },
  answers: {
    200: toJsonAnswer('The text.', 'DetokenizeAnswer', ['x-ignored-params']),
  },
  errors: textErrors,
  toSamples: (context) => toFetchSamples(context, '/detokenize', { model: context.model, tokens: [1, 2, 3] }),
};
