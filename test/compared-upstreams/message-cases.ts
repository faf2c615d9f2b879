import {
  answerTokens,
  brokenImage,
  type ComparedCase,
  callTokens,
  cityParameters,
  type Differences,
  differ,
  forcedCallNotes,
} from './compared-case.ts';

const user = (content: unknown) => ({ role: 'user', content });
const limited = { temperature: 0, max_tokens: answerTokens };

const invalidNotes: Differences = { 'llama-server': differ('invalid values', 'status') };

function message(name: string, more: object, differs: Differences = {}): ComparedCase {
  const body = { messages: [user('Say hello to the world.')], ...limited, ...more };
  return { name: `/messages: ${name}`, path: '/messages', body, differs };
}

const weather = { name: 'get_weather', description: 'The weather of a city.', input_schema: cityParameters };
const tools = {
  messages: [user('What is the weather in Paris?')],
  tools: [weather],
  max_tokens: callTokens,
};
const called = [
  user('What is the weather in Paris?'),
  {
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Paris' } }],
  },
  user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: '18 degrees' }]),
];

/** Requests of Anthropic's API. We ask the server for chat completions in their place. */
export const messageCases: readonly ComparedCase[] = [
  message('a question', {}),
  message('a system text', { system: 'You are a pirate.' }),
  message('a system text in parts', { system: [{ type: 'text', text: 'You are a pirate.' }] }),
  message('several turns', {
    messages: [user('Say hello.'), { role: 'assistant', content: 'Hello!' }, user('Again.')],
  }),
  message('content in parts', { messages: [user([{ type: 'text', text: 'Say hello.' }])] }),
  message(
    'a stop sequence',
    { stop_sequences: ['world'] },
    { 'llama-server': differ('stop sequences of `/messages`', 'finishes') },
  ),
  message('top_k and top_p', { temperature: 0.7, top_k: 1, top_p: 0.9 }),
  message('a tool', tools),
  message('any tool', { ...tools, tool_choice: { type: 'any' } }, forcedCallNotes),
  message('a named tool', { ...tools, tool_choice: { type: 'tool', name: 'get_weather' } }, forcedCallNotes),
  message('the result of a tool', { messages: called, tools: [weather] }),
  message('a prompt that is too long', { messages: [user('word '.repeat(9000))] }),
  message('no limit', { max_tokens: undefined }, invalidNotes),
  message('no messages', { messages: [] }, invalidNotes),
  message('a wrong type', { max_tokens: 'many' }),
  message(
    'an image for a model without eyes',
    {
      messages: [
        user([
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: brokenImage } },
          { type: 'text', text: 'What is it?' },
        ]),
      ],
    },
    { 'llama-server': differ('images for a model without eyes', 'status') },
  ),
];
