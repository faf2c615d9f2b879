// Models that upstreams list are served under their own names, whatever else is in the lists, and follow the lists.
import { expect, onTestFinished, test } from 'vitest';
import { postChat } from '../http/requests.ts';
import { startWholeApp } from '../start-whole-app.ts';
import { completion, jsonHead } from './answer-texts.ts';
import { startFaultyUpstream } from './faulty-upstream.ts';

const timeout = 120_000;
/** Lists are read each second. */
const patience = { timeout: 30_000, interval: 100 };

/** A server that lists what it is told to, and says its name. */
async function startListingServer(name: string, first: readonly unknown[]) {
  let listed = first;
  const answer = completion({ content: name });
  const upstream = await startFaultyUpstream({
    behaviours: {
      m: ({ response }) => {
        response.writeHead(200, jsonHead);
        response.end(JSON.stringify(answer));
      },
    },
    pages: {
      '/v1/models': (response) => {
        response.writeHead(200, jsonHead);
        const models = listed.map((one) => (typeof one === 'string' ? { id: one, object: 'model' } : one));
        response.end(JSON.stringify({ object: 'list', data: models }));
      },
    },
  });
  onTestFinished(() => upstream.close());
  return {
    baseUrl: upstream.baseUrl.href,
    list: (next: readonly unknown[]) => {
      listed = next;
    },
  };
}

test('a model moves to another upstream that lists it when the first one does not any more', {
  timeout,
}, async () => {
  const a = await startListingServer('a', ['m', 'only-a', 'm']);
  const odd = [null, 7, { id: 7 }, { id: '' }, 'esc\u001b[31m', 'line\nbreak', 'half\ud83d', 'x'.repeat(513)];
  const b = await startListingServer('b', ['m', ...odd, 'only-b', 'größe/λ:8b']);
  const upstream = (baseUrl: string) => ({
    kind: 'openai-compatible',
    baseUrl,
    discover: true,
    probeMs: 1000,
  });
  const server = await startWholeApp({
    settings: { upstreams: { a: upstream(a.baseUrl), b: upstream(b.baseUrl) } },
  });
  const key = await server.createKey('k');
  const listModels = async () => {
    const answer = await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    const { data } = (await answer.json()) as { data: readonly { id: string; owned_by: string }[] };
    return data.map(({ id, owned_by: owner }) => `${owner}: ${id}`).sort();
  };
  const ask = async () => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Who?' }] });
    const answer = await postChat({ url: server.url, key }, body);
    const { choices } = (await answer.json()) as { choices?: readonly [{ message: { content: string } }] };
    return choices?.[0].message.content ?? answer.status;
  };
  const others = ['b: größe/λ:8b', 'b: only-b'];
  await expect.poll(listModels, patience).toEqual(['a: m', 'a: only-a', ...others]);
  expect(await ask()).toBe('a');
  a.list(['only-a']);
  await expect.poll(listModels, patience).toEqual(['a: only-a', 'b: größe/λ:8b', 'b: m', 'b: only-b']);
  expect(await ask()).toBe('b');
  a.list(['m']);
  await expect.poll(listModels, patience).toEqual(['a: m', ...others]);
  expect(await ask()).toBe('a');
});
