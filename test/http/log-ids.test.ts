// The ids that join a client, the access line, and the log of an upstream.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWholeApp } from '../start-whole-app.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { jsonHead, wholeBody, wholeHead } from '../upstream/answer-texts.ts';
import { startFaultyUpstream } from '../upstream/faulty-upstream.ts';
import { chatBody, eventually, postChat } from './requests.ts';

const upstreamKey = 'made-up.key+of*the/upstream';

async function start(keySource: object = { apiKeyEnv: 'CLOUD_KEY' }) {
  const seen: (string | undefined)[] = [];
  const upstream = await startFaultyUpstream({
    behaviours: {
      good: ({ headers, isStreamed, response }) => {
        seen.push(String(headers['x-request-id']));
        response.writeHead(200, { ...wholeHead(isStreamed), 'x-request-id': 'theirs-1' });
        response.end(wholeBody(isStreamed));
      },
      // It says back what it should keep to itself.
      broken: ({ headers, response }) => {
        seen.push(String(headers['x-request-id']));
        response.writeHead(401, { ...jsonHead, 'x-request-id': 'theirs-2' });
        response.end(JSON.stringify({ error: { message: `Bad: ${headers['authorization']}` } }));
      },
    },
  });
  onTestFinished(() => upstream.close());
  const server = await startWholeApp({
    environment: { CLOUD_KEY: upstreamKey },
    settings: {
      queueWaitMsMax: 200,
      upstreams: { cloud: { kind: 'vllm', baseUrl: upstream.baseUrl.href, ...keySource } },
      models: ['good', 'broken'].map((name) => ({ name, deployments: [{ upstream: 'cloud' }] })),
    },
  });
  const key = await server.createKey('user');
  const ask = async (model: string, headers: Record<string, string> = {}) => {
    const path = '/v1/chat/completions';
    const answer = await postChat({ url: server.url, key }, chatBody(model), { headers, path });
    await answer.text();
    return answer.headers.get('x-request-id');
  };
  const find = async (message: string, requestId: string | null) => {
    const isIt = (line: LogLine) => line.msg === message && line.requestId === requestId;
    await eventually(() => server.logLines().some(isIt));
    return server.logLines().filter(isIt);
  };
  return { ask, find, seen, server };
}

interface LogLine {
  readonly msg?: unknown;
  readonly requestId?: unknown;
}

test('one id from the client to the upstream', async () => {
  const { ask, find, seen } = await start();
  const requestId = await ask('good');
  expect(requestId).toMatch(/^req_/);
  expect(seen).toEqual([requestId]);
  expect(await find('request', requestId)).toHaveLength(1);
  expect(await find('upstream request', requestId)).toMatchObject([
    { upstream: 'cloud', upstreamRequestId: 'theirs-1', model: 'good' },
  ]);
  expect(await ask('good', { 'x-request-id': 'my-own:1' })).toBe('my-own:1');
  expect(seen[1]).toBe('my-own:1');
});

test('the cause of a failure is in the log, without the key of the upstream', async () => {
  const { ask, find, server } = await start();
  const requestId = await ask('broken');
  expect(await find('an upstream failed a request', requestId)).toMatchObject([
    { level: 40, upstream: 'cloud', upstreamRequestId: 'theirs-2', errorType: 'upstream_error' },
  ]);
  expect(server.logText()).not.toContain(upstreamKey);
});

test('a key that a reload brings is in no line either, and the one before it stays hidden', async () => {
  const keyPath = join(createTemporaryFolder(), 'cloud.key');
  const [firstKey, rotatedKey] = ['made-up:first-key', 'made-up:second-key'] as const;
  await writeFile(keyPath, firstKey);
  const { ask, server } = await start({ apiKeyFile: keyPath });
  const admin = await server.createKey('operator', ['admin']);
  await writeFile(keyPath, rotatedKey);
  const reloaded = await fetch(`${server.url}/v1/admin/config/reload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}` },
  });
  expect(await reloaded.json()).toMatchObject({ changed: ['upstreams.cloud'] });
  // The ids of clients are logged as they are.
  for (const key of [firstKey, rotatedKey]) await ask('good', { 'x-request-id': key });
  const isLogged = ({ msg, requestId }: LogLine) => msg === 'request' && requestId === '[secret]';
  await eventually(() => server.logLines().filter(isLogged).length === 2);
  expect(server.logText()).not.toMatch(/made-up:/);
});
