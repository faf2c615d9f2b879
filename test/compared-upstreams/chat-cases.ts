import {
  answerTokens,
  brokenImage,
  type ComparedCase,
  callTokens,
  cityParameters,
  type Differences,
  differ,
  forcedCallNotes,
  greedy,
  personSchema,
} from './compared-case.ts';

const limited = { ...greedy, max_tokens: answerTokens };

const user = (content: unknown) => ({ role: 'user', content });
const hello = [user('Say hello to the world.')];

function chat(name: string, more: object, differs: Differences = {}): ComparedCase {
  return { name, path: '/chat/completions', body: { messages: hello, ...limited, ...more }, differs };
}

function text(name: string, more: object, differs: Differences = {}): ComparedCase {
  return { name, path: '/completions', body: { prompt: 'Once upon a time', ...limited, ...more }, differs };
}

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: cityParameters,
  },
};
const clock = {
  type: 'function',
  function: { name: 'get_time', parameters: { type: 'object', properties: {} } },
};
const tools = { messages: [user('What is the weather in Paris?')], tools: [weather], max_tokens: callTokens };
const called = [
  user('What is the weather in Paris?'),
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'call_1', content: '18 degrees' },
];
const form = { type: 'json_schema', json_schema: { name: 'person', schema: personSchema, strict: true } };

const choiceNotes: Differences = { 'llama-server': differ('`n`', 'usage') };
const invalidNotes: Differences = { 'llama-server': differ('invalid values', 'status') };
const blindNotes: Differences = { 'llama-server': differ('images for a model without eyes', 'status') };

/** What the samples of the API's documents and of our guides ask for, each field by itself, and what is refused. */
export const chatCases: readonly ComparedCase[] = [
  chat('a question', {}),
  chat('a system message', { messages: [{ role: 'system', content: 'You are a pirate.' }, ...hello] }),
  chat('a developer message', { messages: [{ role: 'developer', content: 'You are a pirate.' }, ...hello] }),
  chat('several turns', {
    messages: [...hello, { role: 'assistant', content: 'Hello, world!' }, user('Again.')],
  }),
  chat('content in parts', {
    messages: [
      user([
        { type: 'text', text: 'Say ' },
        { type: 'text', text: 'hello.' },
      ]),
    ],
  }),
  chat('letters beyond ASCII', { messages: [user('Übersetze „Straße“ 🌍 ins Englische.')] }),
  chat('one token', { max_tokens: 1 }),
  chat('max_completion_tokens', { max_tokens: undefined, max_completion_tokens: 8 }),
  chat('a stop sequence', { stop: 'world' }),
  chat('several stop sequences', { stop: ['zebra', 'o'] }),
  chat('two choices', { n: 2 }, choiceNotes),
  chat('log-probabilities', { logprobs: true, top_logprobs: 3 }),
  chat('top_p', { top_p: 0.5 }),
  chat('penalties', { frequency_penalty: 0.5, presence_penalty: 0.5 }),
  chat(
    'repetition_penalty',
    { repetition_penalty: 1.2 },
    { 'llama-server': differ('`repetition_penalty`', 'texts') },
  ),
  chat('top_k and min_p', { temperature: 0.7, top_k: 1, min_p: 0.1 }),
  chat('a bias of a token', { logit_bias: { 28: -100 } }),
  chat('user and metadata', { user: 'someone', metadata: { a: 'b' } }),
  chat('a JSON object', {
    messages: [user('Answer in JSON: who are you?')],
    response_format: { type: 'json_object' },
    max_tokens: callTokens,
  }),
  chat('a JSON schema', { response_format: form, max_tokens: callTokens }),
  chat('a tool', tools),
  chat('a required tool', { ...tools, tool_choice: 'required' }, forcedCallNotes),
  chat(
    'a named tool',
    {
      ...tools,
      tools: [weather, clock],
      tool_choice: { type: 'function', function: { name: 'get_time' } },
    },
    forcedCallNotes,
  ),
  chat('no tool', { ...tools, tool_choice: 'none' }),
  chat(
    'one call at a time',
    { ...tools, tool_choice: 'required', parallel_tool_calls: false },
    forcedCallNotes,
  ),
  chat('the result of a tool', { messages: called, tools: [weather] }),
  chat('usage in the stream', { stream_options: { include_usage: true } }),
  text('a text', {}),
  text(
    'two texts',
    { prompt: ['Once upon a time', 'There was a'] },
    { 'llama-server': differ('several prompts', 'usage') },
  ),
  text('a stop sequence in a text', { stop: [','] }),
  text('an echo', { echo: true }, { 'llama-server': differ('`echo`', 'texts') }),
  text('log-probabilities of a text', { logprobs: 2 }),
  text('two choices of a text', { n: 2 }, choiceNotes),
  chat('a prompt that is too long', { messages: [user('word '.repeat(9000))] }),
  chat('no messages', { messages: [] }, invalidNotes),
  chat('a temperature out of range', { temperature: -1 }, invalidNotes),
  chat('a wrong type', { max_tokens: 'many' }),
  chat(
    'a role that is none',
    { messages: [{ role: 'wizard', content: 'Hi' }] },
    { ...invalidNotes, vllm: differ('unknown roles', 'status') },
  ),
  chat(
    'an image for a model without eyes',
    {
      messages: [user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${brokenImage}` } }])],
    },
    blindNotes,
  ),
  chat(
    'a schema that is none',
    {
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 7 }, strict: true } },
    },
    { vllm: differ('a stream with a schema that is none', 'status') },
  ),
  {
    name: 'embeddings of a model that chats',
    path: '/embeddings',
    body: { input: 'Hello' },
    differs: {
      'llama-server': differ('embeddings of a model that chats', 'status'),
      vllm: differ('embeddings of a model that chats', 'status'),
    },
  },
];
