import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createTestHome } from '../server-process.ts';
import { startOnTerminal } from '../start-on-terminal.ts';

test('a terminal shows the key once, the address last, and what Ctrl-C waits for', async () => {
  const home = await createTestHome();
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const server = await startOnTerminal(home, '--host', '0.0.0.0', '--context-length', '512');
  const shown = server.shown();
  const key = readFileSync(join(home, 'key'), 'utf8').trim();
  // Once by itself, and once in the line to paste.
  expect(shown.split(key)).toHaveLength(3);
  const curl = shown.split('\n').find((line) => line.startsWith('curl ')) ?? '';
  const answer = execFileSync('bash', ['-c', `${curl} -s`], { encoding: 'utf8' });
  expect(JSON.parse(answer)).toMatchObject({ object: 'chat.completion' });

  const url = /listening on (\S+)\n$/.exec(shown)?.[1] ?? '';
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  // Other machines can reach it, so its pages need a key.
  for (const text of ['--pages open', 'gravix chat', join(home, 'key')]) expect(shown).toContain(text);
  for (const text of [`${url}/models`, `${url}/docs`]) expect(shown).not.toContain(text);
  // The log has the same form: no JSON among it.
  expect(shown).not.toContain('{"level"');
  expect(shown).toMatch(/^\d\d:\d\d:\d\d warn {2}other machines can reach this server over plain HTTP/m);

  const body = JSON.stringify({
    prompt: 'Once upon a time',
    max_tokens: 400,
    ignore_eos: true,
    stream: true,
  });
  const running = fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...JSON.parse(body), model: 'smollm2:135m-instruct-q4_1' }),
  });
  const { body: stream } = await running;
  await stream?.getReader().read();
  server.type('\u0003');
  await server.until(
    /Stopping: waiting up to 30 s for 1 running request\. Press Ctrl-C again to stop immediately\.\n/,
  );
  await sleep(400);
  server.type('\u0003');
  expect(await server.exited).toBe(130);
}, 120_000);

test('the second start on a terminal shows no key', async () => {
  const home = await createTestHome();
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const isFirst of [true, false]) {
    const server = await startOnTerminal(home);
    expect(server.shown().includes('gx-')).toBe(isFirst);
    for (const page of ['/models\n', '/docs\n']) expect(server.shown()).toContain(page);
    server.type('\u0003');
    expect(await server.exited).toBe(0);
    expect(server.shown()).toMatch(/Stopping\.\n/);
  }
}, 120_000);
