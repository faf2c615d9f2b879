import {
  answerTokens,
  brokenImage,
  type ComparedCase,
  callTokens,
  cityParameters,
  type Differences,
  differ,
  forcedCallNotes,
  personSchema,
} from './compared-case.ts';

const limited = { temperature: 0, max_output_tokens: answerTokens, store: false };

/** It says so of no answer that its limit cut. */
const limitNotes: Differences = {
  'llama-server': differ('the limit of `/responses`', 'finishes', 'events'),
  vllm: differ('the limit of `/responses`', 'events'),
};
const invalidNotes: Differences = { 'llama-server': differ('invalid values', 'status') };

function respond(name: string, more: object, differs = limitNotes): ComparedCase {
  const body = { input: 'Say hello to the world.', ...limited, ...more };
  return { name: `/responses: ${name}`, path: '/responses', body, differs };
}

const user = (content: unknown) => ({ role: 'user', content });
const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: cityParameters,
};
const tools = { input: 'What is the weather in Paris?', tools: [weather], max_output_tokens: callTokens };
const called = [
  user('What is the weather in Paris?'),
  { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Paris"}' },
  { type: 'function_call_output', call_id: 'call_1', output: '18 degrees' },
];
const form = { type: 'json_schema', name: 'person', schema: personSchema, strict: true };

/** Requests for responses. We ask the server for chat completions in their place. */
export const responseCases: readonly ComparedCase[] = [
  respond('a text', {}),
  respond('instructions', { instructions: 'You are a pirate.' }),
  respond('several turns', {
    input: [
      user('Say hello.'),
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        id: 'msg_1',
        content: [{ type: 'output_text', text: 'Hello!', annotations: [] }],
      },
      user('Again.'),
    ],
  }),
  respond('content in parts', { input: [user([{ type: 'input_text', text: 'Say hello.' }])] }),
  respond('a developer message', { input: [{ role: 'developer', content: 'Be brief.' }, user('Hello!')] }),
  respond('top_p', { top_p: 0.5 }),
  respond(
    'a JSON schema',
    { text: { format: form }, max_output_tokens: callTokens },
    { 'llama-server': differ('`text.format` of `/responses`', 'texts', 'usage') },
  ),
  respond('a tool', tools),
  respond('a required tool', { ...tools, tool_choice: 'required' }, forcedCallNotes),
  respond('the result of a tool', { input: called, tools: [weather] }),
  respond(
    'a prompt that is too long',
    { input: 'word '.repeat(9000) },
    {
      'llama-server': differ('a streamed response to a prompt that is too long', 'status'),
      vllm: differ('a streamed response to a prompt that is too long', 'status'),
    },
  ),
  respond('no input', { input: [] }, invalidNotes),
  respond('a temperature out of range', { temperature: -1 }, invalidNotes),
  respond('a wrong type', { max_output_tokens: 'many' }),
  respond(
    'an image for a model without eyes',
    { input: [user([{ type: 'input_image', image_url: `data:image/png;base64,${brokenImage}` }])] },
    { 'llama-server': differ('images for a model without eyes', 'status') },
  ),
];
