import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { postChat } from '../http/requests.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { readBlocks } from './guide-sample.ts';

const webhookSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=';

/** The receiver of the guide, in a process of its own. */
async function startReceiver() {
  const [sample, ...others] = readBlocks('docs/guides/keys-and-limits.md', 'mjs');
  expect(others).toEqual([]);
  const file = join(createTemporaryFolder(), 'receiver.mjs');
  writeFileSync(file, sample ?? '');
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0', GRAVIX_WEBHOOK_SECRET: webhookSecret },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  await vi.waitFor(() => expect(printed).toContain('Port '), 10_000);
  return { url: `http://127.0.0.1:${/Port (\d+)/.exec(printed)?.[1]}`, printed: () => printed };
}

test('the receiver of the guide prints the webhook of a real server, and refuses what others send', async () => {
  const receiver = await startReceiver();
  const app = await startTestApp({
    models: { m: sayTexts('Hi') },
    notices: { webhookUrl: receiver.url, webhookSecret },
  });
  onTestFinished(() => app.close());
  const { key } = await app.keys.create({ name: 'my-app', budget: { tokens: 30, period: 'month' } });
  const headers = { authorization: `Bearer ${key}` };
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 2 });
  for (let count = 0; count < 2; count += 1) {
    expect((await postChat(app, body, { headers })).status).toBe(200);
  }
  await vi.waitFor(
    () => expect(receiver.printed()).toMatch(/The key my-app has spent \d\d of 30 \(tokens\)\.\n/),
    10_000,
  );
  const forged = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
  const answer = await fetch(receiver.url, {
    method: 'POST',
    headers: { ...forged, 'webhook-signature': 'v1,AAAA' },
    body: '{}',
  });
  expect(answer.status).toBe(401);
  expect((await fetch(receiver.url)).status).toBe(401);
});
