import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestHome, runCommand, startServerProcess } from '../server-process.ts';
import { defaultModel, post, user } from './chat-client.ts';

async function createHome(): Promise<string> {
  const home = await createTestHome();
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

test('what a running server had is served from its backup: keys work, stored answers are there', async () => {
  const [home, other] = [await createHome(), await createHome()];
  const file = join(other, 'backup');
  const server = await startServerProcess({ home, flags: ['--context-length', '512'] });
  const answer = await post(server, { messages: [user('Hi')], max_tokens: 5, store: true });
  const { id, choices } = (await answer.json()) as { id: string; choices: unknown };
  expect(await runCommand(['backup', file], { GRAVIX_HOME: home })).toMatchObject({ exit: 0, errors: '' });

  const refused = await runCommand(['restore', file, '--force'], { GRAVIX_HOME: home });
  expect(refused).toMatchObject({ exit: 1, errors: expect.stringMatching(/is in use\. Stop the server/) });
  expect((await post(server, { messages: [user('Hi')], max_tokens: 1 })).status).toBe(200);
  expect(await server.stop()).toBe(0);

  expect(await runCommand(['restore', file], { GRAVIX_HOME: other })).toMatchObject({ exit: 0 });
  // The restored keys are hashes: the file with this machine's own key is not among them.
  const restored = await startServerProcess({
    home: other,
    environment: { GRAVIXLAYER_API_KEY: 'another' },
    flags: ['--context-length', '512'],
  });
  const headers = { authorization: `Bearer ${server.key}` };
  const stored = await fetch(`${restored.url}/v1/chat/completions/${id}`, { headers });
  expect(await stored.json()).toMatchObject({ id, model: defaultModel, choices });
  expect(await restored.stop()).toBe(0);
});
