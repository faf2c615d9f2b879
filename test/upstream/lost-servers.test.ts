// A request whose content ends the process of its server must not be sent to one server after the other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { BackendError } from '../../src/backend/backend-error.ts';
import { createCompositeBackend } from '../../src/gateway/create-composite-backend.ts';
import { createDeployment, forgivingPolicy } from '../create-deployment.ts';
import { postChat } from '../http/requests.ts';
import type { TestApp } from '../start-test-app.ts';
import { events, jsonHead, roleChunk, wholeBody, wholeHead } from './answer-texts.ts';
import type { Behaviour } from './faulty-upstream.ts';
import { startUpstreamSetup, type UpstreamSetup } from './upstream-setup.ts';

/** How a connection ends whose process ends. */
const losses: Readonly<Record<string, Behaviour>> = {
  'before a head': ({ response }) => {
    response.destroy();
  },
  'with a reset': ({ response }) => {
    response.socket?.resetAndDestroy();
  },
  'behind a head': async ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    await new Promise<void>((resolve) => {
      response.write(isStreamed ? events(roleChunk) : '{"choices":[', () => resolve());
    });
    response.destroy();
  },
};

/** Failures of servers that are there, or that got nothing. */
const others: Readonly<Record<string, Behaviour>> = {
  'status 500': ({ response }) => {
    response.writeHead(500, jsonHead);
    response.end('{"error":{"message":"Internal Server Error"}}');
  },
  'no JSON': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? 'data: {"cho\n\n' : '{"cho');
  },
};

const names = ['first', 'second', 'third'] as const;
const vectors = JSON.stringify({ data: [{ index: 0, embedding: [0.6, 0.8] }], usage: { prompt_tokens: 4 } });

let setup: UpstreamSetup;
let app: TestApp;

/** The names of models at the upstream: what it does, and the place that asks it. */
const toModel = (behaviour: string, place: string) => `${behaviour}, ${place}`;

beforeAll(async () => {
  const good: Behaviour = ({ path, isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(path.endsWith('/embeddings') ? vectors : wholeBody(isStreamed));
  };
  const known = Object.entries({ ...losses, ...others, good });
  setup = await startUpstreamSetup(
    Object.fromEntries(known.flatMap(([name, act]) => names.map((place) => [toModel(name, place), act]))),
  );
  const at = (behaviour: string, place: string) => setup.createBackend(toModel(behaviour, place));
  const gone = () => setup.createBackend('m', {}, { baseUrl: new URL('http://127.0.0.1:1/v1') });
  const backends: Record<string, Backend> = {};
  for (const name of Object.keys(losses)) {
    backends[`all lost ${name}`] = toComposite(names.map((place) => at(name, place)));
    backends[`one lost ${name}`] = toComposite([at(name, 'first'), at('good', 'second')]);
    backends[`alone ${name}`] = toComposite([at(name, 'first')]);
  }
  for (const name of Object.keys(others)) {
    backends[`two of ${name}`] = toComposite([at(name, 'first'), at(name, 'second'), at('good', 'third')]);
  }
  backends['two of no connection'] = toComposite([gone(), gone(), at('good', 'third')]);
  app = await setup.startApp(backends);
});
afterAll(() => setup.close());

/** Priorities make the order certain. */
function toComposite(places: readonly Backend[]): Backend {
  return createCompositeBackend(
    places.map((backend, index) =>
      createDeployment(names[index] ?? '', backend, { priority: index, mode: 'single' }),
    ),
    forgivingPolicy,
  );
}

const requests = [
  { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'Hi' }] } },
  { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'Hi' }], stream: true } },
  { path: '/v1/embeddings', body: { input: 'Hi' } },
];

describe.each(requests)('$path $body', ({ path, body }) => {
  const ask = async (model: string) => {
    const answer = await postChat(app, JSON.stringify({ model, ...body }), { path });
    await answer.text();
    return answer.status;
  };
  /** Requests that each place got meanwhile. */
  const count = async (behaviour: string, work: () => Promise<void>) => {
    const before = names.map((place) => setup.server.count(toModel(behaviour, place)));
    await work();
    return names.map((place, index) => setup.server.count(toModel(behaviour, place)) - (before[index] ?? 0));
  };

  test.each(Object.keys(losses))('lost %s: at two places, and not at a third', async (name) => {
    const counts = await count(name, async () => {
      expect(await ask(`all lost ${name}`)).toBe(502);
    });
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(0);
    expect(counts[2]).toBe(0);
  });

  test.each(Object.keys(losses))('lost %s once, it is served elsewhere', async (name) => {
    expect(await ask(`one lost ${name}`)).toBe(200);
  });

  test.each(Object.keys(losses))('lost %s at the only place: it is tried once more there', async (name) => {
    const counts = await count(name, async () => {
      expect(await ask(`alone ${name}`)).toBe(502);
    });
    // A connection that was idle may have been closed before: then the request is sent again on another one.
    expect([2, 3, 4]).toContain(counts[0]);
  });

  test.each([...Object.keys(others), 'no connection'])(
    '%s at two places: a third serves it',
    async (name) => {
      expect(await ask(`two of ${name}`)).toBe(200);
    },
  );
});

test('an engine of ours that crashed is a server that was lost', () => {
  expect(new BackendError('engine_crashed', 'It crashed.')).toMatchObject({ isServerLost: true });
  expect(new BackendError('upstream_error', 'It failed.')).toMatchObject({ isServerLost: false });
});
