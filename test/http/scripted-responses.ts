// What the tests of the Responses API share: models that do what they are called, and how to ask them.
import { StoreError } from '../../src/store/store-error.ts';
import { callTools, finish, started, textDelta, toolCallDelta, toolCallStart } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type Sent, sendJson } from './requests.ts';
import { usualScripts } from './usual-scripts.ts';

export const tools = [
  {
    type: 'function' as const,
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    strict: false,
  },
];

/** Its store says that the disk is full while `disk.isFull`. */
export function startResponsesApp(disk: { isFull: boolean } = { isFull: false }): Promise<TestApp> {
  return startTestApp({
    models: {
      ...usualScripts,
      patching: callTools(
        ['apply_patch', '{"input":"*** Begin', ' Patch\\n+\\', 'u00e9\\n*** End Patch"}'],
        ['get_time', '{}'],
      ),
      ordering: callTools(
        ['crm__list_orders', '{"limit":', '3}'],
        ['crm__note', '{"input":"Hi"}'],
        ['get_weather', '{}'],
      ),
      thinking: () => [
        started,
        { type: 'reasoning-delta', text: 'H' },
        { type: 'reasoning-delta', text: 'm.' },
        textDelta('So'),
        toolCallStart(0, 'get_weather'),
        toolCallDelta(0, '{}'),
        finish(6, 'tool-calls'),
      ],
      scored: () => [
        started,
        {
          type: 'text-delta',
          text: 'Hi',
          logprobs: [
            {
              text: 'Hi',
              bytes: [72, 105],
              logprob: -0.5,
              top: [{ text: '<end>', bytes: undefined, logprob: -Infinity }],
            },
          ],
        },
        finish(2),
      ],
    },
    wrapCompletionStore: (store) => ({
      ...store,
      insert: async (completion) => {
        if (disk.isFull) throw new StoreError('full', 'The disk is full.');
        await store.insert(completion);
      },
    }),
  });
}

export function sendTo(
  { url, key }: TestApp,
  path: string,
  body?: unknown,
  { headers, ...more }: Sent = {},
): Promise<Response> {
  const sent = { ...more, headers: { authorization: `Bearer ${key}`, ...headers } };
  return sendJson(`${url}/v1/inference/responses${path}`, body, sent);
}

/** Whatever a test looks into. */
export async function toJson(answer: Response | Promise<Response>) {
  return JSON.parse(await (await answer).text());
}

export async function readError(answer: Response | Promise<Response>) {
  const { status } = await answer;
  const { error } = await toJson(answer);
  return { status, code: error.code, param: error.param };
}

export interface NamedEvent {
  readonly name: string | undefined;
  readonly event: {
    readonly type: string;
    readonly sequence_number: number;
    readonly [name: string]: unknown;
  };
}

export function toEvents(text: string): NamedEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [first = '', second = ''] = block.split('\n');
      return { name: /^event: (.*)$/.exec(first)?.[1], event: JSON.parse(second.replace(/^data: /, '')) };
    });
}

/** A request that every scripted model takes. */
export function input(model: string, more: object = {}) {
  return { model, input: 'Hello', ...more };
}
