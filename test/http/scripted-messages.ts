// What the tests of the Messages API share: models that do what they are called, and how to ask them.
import { BackendError } from '../../src/backend/backend-error.ts';
import type { FinishEvent, GenerationEvent } from '../../src/backend/generation-event.ts';
import { finish, started, textDelta, toolCallDelta, toolCallStart } from '../scripted-backend.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { type Sent, sendJson } from './requests.ts';
import { usualScripts } from './usual-scripts.ts';

export const tools = [
  {
    name: 'get_weather',
    description: 'The weather in a city.',
    input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
  },
];

export function startMessagesApp(options: Partial<TestAppOptions> = {}): Promise<TestApp> {
  return startTestApp({
    ...options,
    models: {
      ...usualScripts,
      stopped: () => [started, textDelta('Once'), { ...(finish(2) as FinishEvent), stopSequence: 'upon' }],
      filtered: () => [started, textDelta('I'), finish(2, 'content-filter')],
      'cut-call': () => [
        started,
        toolCallStart(0, 'get_weather'),
        toolCallDelta(0, '{"ci'),
        finish(3, 'length'),
      ],
      thinking: () => [started, ...thought, textDelta('So'), ...call, thoughtfulEnd],
      uncounted: () => [{ type: 'started' }, textDelta('Hi'), finish(2)],
      crashing: () => [
        started,
        textDelta('Hel'),
        { type: 'fail', error: new BackendError('engine_crashed', 'The engine crashed.') },
      ],
      slow: () => [started, textDelta('a'), { type: 'wait', ms: 250 }, textDelta('b'), finish(3)],
      ...options.models,
    },
  });
}

const thought: readonly GenerationEvent[] = [
  { type: 'reasoning-delta', text: 'H' },
  { type: 'reasoning-delta', text: 'm.' },
];

const call = [toolCallStart(0, 'get_weather'), toolCallDelta(0, '{"city":"Oslo"}')];

const thoughtfulEnd: GenerationEvent = {
  type: 'finish',
  reason: 'tool-calls',
  usage: { promptTokens: 12, completionTokens: 6, cachedTokens: 3, reasoningTokens: 2 },
};

/** A request that every scripted model takes. */
export function ask(model: string, more: object = {}) {
  return { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }], ...more };
}

export function sendMessage(
  { url, key }: TestApp,
  body?: unknown,
  { headers, ...more }: Sent = {},
  path = '',
): Promise<Response> {
  const ownHeaders = { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  const sent = { method: 'POST', ...more, headers: { ...ownHeaders, ...headers } };
  return sendJson(`${url}/v1/messages${path}`, body, sent);
}
