// Limits and budgets of keys and projects, as their clients meet them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewKey } from '../../src/service/keys/new-key.ts';
import { finish, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readAny } from './requests.ts';

/** As many words as were allowed, or 300. */
const ramble: Script = function* ({ maxTokens = 300 }) {
  yield started;
  for (let token = 0; token < maxTokens; token += 1) {
    // The backend would wait for the engine here.
    yield { type: 'wait', ms: 0 };
    yield { type: 'text-delta', text: ' word' };
  }
  yield finish(maxTokens, maxTokens < 300 ? 'length' : 'stop');
};

const actor = { kind: 'server', id: 'test', name: 'test' } as const;

let app: TestApp;
let names = 0;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      m: sayTexts('Once', ' more'),
      slow: () => [started, { type: 'wait', ms: 150 }, textDelta('Once'), finish(1)],
      endless: () => [started, textDelta('Once'), textDelta(' more'), { type: 'wait-for-abort' }],
      ramble,
    },
    prices: {
      ramble: { inputNano: 0, cachedInputNano: 0, outputNano: 1_000_000_000, currency: 'USD' },
      m: { inputNano: 150_000_000, cachedInputNano: 75_000_000, outputNano: 600_000_000, currency: 'USD' },
    },
    reservationSliceTokens: 64,
  });
});

afterAll(() => app.close());

async function createKey(policy: Omit<NewKey, 'name'>): Promise<string> {
  names += 1;
  return (await app.keys.create({ name: `key ${names}`, ...policy }, actor)).key;
}

function ask(key: string, body: Readonly<Record<string, unknown>> = {}, signal?: AbortSignal) {
  return fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function askTimes(times: number, key: string, body: Readonly<Record<string, unknown>> = {}) {
  return await Promise.all(
    Array.from({ length: times }, async () => {
      const answer = await ask(key, body);
      return { answer, body: await answer.text() };
    }),
  );
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(`This never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isFine = ({ answer }: { readonly answer: Response }) => answer.status === 200;

describe('requests', () => {
  test('of 300 at once exactly as many as allowed start, and the others touch no model and no database', async () => {
    const key = await createKey({ limits: { requestsPerMinute: 20 } });
    const before = app.backend('m').requests.length;
    const answers = await askTimes(300, key);
    expect(answers.filter(isFine)).toHaveLength(20);
    expect(app.backend('m').requests.length - before).toBe(20);
    const refused = answers.filter((each) => !isFine(each));
    expect(new Set(refused.map(({ answer }) => answer.status))).toEqual(new Set([429]));
    for (const { answer, body } of refused.slice(-3)) {
      expect(JSON.parse(body).error).toMatchObject({
        type: 'requests',
        code: 'rate_limit_exceeded',
        param: null,
        message: expect.stringContaining('requests per minute. Limit 20, used 20, requested 1.'),
      });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('20');
      expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('0');
      expect(answer.headers.get('x-ratelimit-reset-requests')).toBe('1m1s');
      expect(answer.headers.get('x-should-retry')).toBeNull();
    }
  });

  test('a limit of a project holds for its keys together', async () => {
    const project = await app.keys.projects.create({ name: 'shared', limits: { requestsPerDay: 7 } }, actor);
    const keys = await Promise.all([1, 2, 3].map(() => createKey({ project: project.id })));
    const answers = (await Promise.all(keys.map((key) => askTimes(20, key)))).flat();
    expect(answers.filter(isFine)).toHaveLength(7);
  });

  test('what runs at the same time is counted while it runs', async () => {
    const key = await createKey({ limits: { concurrentRequests: 3 } });
    const answers = await askTimes(30, key, { model: 'slow' });
    expect(answers.filter(isFine)).toHaveLength(3);
    await eventually(async () => (await ask(key)).status === 200);
  });

  test('a client that leaves gives its place back', async () => {
    const key = await createKey({ limits: { concurrentRequests: 1 } });
    const controller = new AbortController();
    const answer = await ask(key, { model: 'endless', stream: true }, controller.signal);
    expect(answer.status).toBe(200);
    expect((await ask(key)).status).toBe(429);
    controller.abort();
    await eventually(async () => (await ask(key)).status === 200);
  });

  test('each answer to a key with limits has its figures, a stream as well; a key without limits has none', async () => {
    const key = await createKey({
      limits: { requestsPerMinute: 10, requestsPerDay: 3, tokensPerMinute: 500 },
    });
    const plain = await ask(key, { max_tokens: 50 });
    expect(plain.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(plain.headers.get('x-ratelimit-remaining-requests')).toBe('2');
    expect(plain.headers.get('x-ratelimit-reset-requests')).toBe('24h5m0s');
    expect(plain.headers.get('x-ratelimit-limit-tokens')).toBe('500');
    const stream = await ask(key, { max_tokens: 50, stream: true });
    expect(stream.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await stream.text();
    const models = await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect(models.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    const free = await ask(app.key);
    expect([...free.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });
});

describe('tokens', () => {
  test('are reserved with the request, and given back when fewer were made', async () => {
    const key = await createKey({ limits: { tokensPerMinute: 400 } });
    // A prompt of about 12 tokens and 100 more: three at a time.
    const answers = await askTimes(20, key, { model: 'slow', max_tokens: 100 });
    expect(answers.filter(isFine)).toHaveLength(3);
    const [refused] = answers.filter((each) => !isFine(each));
    expect(JSON.parse(refused?.body ?? '').error).toMatchObject({
      type: 'tokens',
      code: 'rate_limit_exceeded',
    });
    expect(refused?.answer.headers.get('retry-after')).not.toBeNull();
    await eventually(async () => (await ask(key, { max_tokens: 300 })).status === 200);
  });

  test('a request that is larger than its limit need not try again', async () => {
    const key = await createKey({ limits: { tokensPerDay: 100 } });
    const answer = await ask(key, { max_tokens: 101 });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.headers.get('x-should-retry')).toBe('false');
    // An answer of open length takes what there is.
    expect((await ask(key)).status).toBe(200);
  });

  test('an answer that runs may overrun its minute, and what is over is debt', async () => {
    const key = await createKey({ limits: { tokensPerMinute: 150 } });
    const answer = await ask(key, { model: 'ramble' });
    expect((await readAny(answer)).usage.completion_tokens).toBe(300);
    await app.ledger();
    expect((await ask(key, { max_tokens: 1 })).status).toBe(429);
  });
});

describe('budgets', () => {
  const budget = { period: 'day', tokens: 200 } as const;

  test('a stream ends with an event where its budget does, and is metered', async () => {
    const key = await createKey({ budget });
    const text = await (await ask(key, { model: 'ramble', stream: true })).text().catch(String);
    expect(text).not.toContain('[DONE]');
    const rows = await app.ledger();
    const row = rows.at(-1);
    expect(row).toMatchObject({ outcome: 'failed', errorCode: 'insufficient_quota', isStreamed: true });
    const used = (row?.total.promptTokens ?? 0) + (row?.total.completionTokens ?? 0);
    expect(used).toBeLessThanOrEqual(200);
    expect(used).toBeGreaterThan(150);
  });

  test('its backend reports the tokens of each delta, which without a budget it need not', async () => {
    const asked = async (key: string) => {
      await (await ask(key)).text();
      return app.backend('m').requests.at(-1)?.reportsUsage ?? false;
    };
    expect(await asked(await createKey({ budget: { period: 'day', tokens: 10_000 } }))).toBe(true);
    expect(await asked(await createKey({}))).toBe(false);
  });

  test('a plain answer is refused where its budget ends, without a word about trying again', async () => {
    const key = await createKey({ budget });
    const answer = await ask(key, { model: 'ramble' });
    expect(answer.status).toBe(429);
    expect((await readAny(answer)).error).toMatchObject({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      param: null,
      message: expect.stringContaining('You exceeded your current quota'),
    });
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect((await app.ledger()).at(-1)).toMatchObject({ errorCode: 'insufficient_quota', isStreamed: false });
  });

  test('many at once never spend more than there is, in tokens or in money', async () => {
    const byTokens = await createKey({ budget: { period: 'total', tokens: 1000 } });
    const byMoney = await createKey({ budget: { period: 'month', amountNano: 800_000, currency: 'USD' } });
    const before = (await app.ledger()).length;
    await Promise.all([
      askTimes(12, byTokens, { model: 'ramble', stream: true }).catch(() => undefined),
      ...Array.from({ length: 12 }, () =>
        ask(byMoney, { model: 'ramble', stream: true }).then((answer) => answer.text().catch(() => '')),
      ),
    ]).catch(() => undefined);
    await eventually(async () => app.backend('ramble').running() === 0);
    const rows = (await app.ledger()).slice(before);
    const [keyByTokens, keyByMoney] = await Promise.all(
      [byTokens, byMoney].map((key) => app.keys.verify(key)),
    );
    const ofTokens = rows.filter(({ keyId }) => keyId === keyByTokens?.id);
    const tokens = ofTokens.reduce((sum, { total }) => sum + total.promptTokens + total.completionTokens, 0);
    expect(tokens).toBeLessThanOrEqual(1000);
    expect(tokens).toBeGreaterThan(700);
    const nano = rows
      .filter(({ keyId }) => keyId === keyByMoney?.id)
      .reduce((sum, { costNano = 0 }) => sum + costNano, 0);
    expect(nano).toBeLessThanOrEqual(800_000);
    expect(nano).toBeGreaterThan(500_000);
  });

  test('money in another currency than the price buys nothing', async () => {
    const key = await createKey({ budget: { period: 'day', amountNano: 10 ** 12, currency: 'EUR' } });
    expect((await ask(key)).status).toBe(429);
  });
});

test('the usage of an answer tells what it cost, in the last chunk as well', async () => {
  // 9 prompt tokens at 0.15, 3 cached ones at 0.075 and 3 of the answer at 0.6 for a million.
  const cost = 0.000003375;
  const plain = await readAny(await ask(app.key));
  expect(plain.usage.cost).toBe(cost);
  const stream = await ask(app.key, { stream: true, stream_options: { include_usage: true } });
  expect(await stream.text()).toContain(`"cost":${JSON.stringify(cost)}`);
  const free = await readAny(await ask(app.key, { model: 'slow' }));
  expect(free.usage).not.toHaveProperty('cost');
  const rows = await app.ledger();
  expect(rows.map(({ costNano }) => costNano).slice(-3)).toEqual([3375, 3375, undefined]);
});

test('nothing is reserved once all have ended', async () => {
  await eventually(async () => {
    await app.ledger();
    const rows = await app.database.queries.selectFrom('openRequests').selectAll().execute();
    return rows.length === 0;
  });
});
