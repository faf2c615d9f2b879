// Several servers on one database answer a request under one idempotency key once, also when one of them dies.
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectWithin } from '../expect-within.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { finish, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startProgram } from '../start-program.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { ask, chat, read } from './ask-once.ts';
import { openPlace } from './open-place.ts';
import { postChat } from './requests.ts';

/** @param claimMsMax longer by default than a busy machine stands still, so that no living server loses its claim */
async function startReplica(
  place: string,
  models: TestAppOptions['models'],
  claimMsMax = 30_000,
): Promise<TestApp> {
  const app = await startTestApp({ models, openStore: () => openPlace(place), claimMsMax });
  onTestFinished(() => app.close());
  return app;
}

interface OtherProcess {
  readonly url: string;
  readonly key: string;
  kill(): Promise<void>;
}

async function startProcess(place: string): Promise<OtherProcess> {
  const path = join(import.meta.dirname, 'idempotent-server.ts');
  const { announced, kill } = await startProgram<Pick<OtherProcess, 'url' | 'key'>>(path, [place]);
  onTestFinished(kill);
  return { ...announced, kill };
}

function defineTests(createPlace: () => Promise<string>): void {
  test('the answer of one is given again by the other, and waited for', async () => {
    const place = await createPlace();
    const slow = () => [
      started,
      textDelta('One'),
      { type: 'wait', ms: 400 } as const,
      textDelta(' two'),
      finish(2),
    ];
    const first = await startReplica(place, { m: slow });
    const second = await startReplica(place, { m: slow });
    const headers = { authorization: `Bearer ${first.key}` };
    for (const stream of [false, true]) {
      const asked = { key: `k-${stream}`, more: { stream }, headers };
      const answers = await Promise.all(
        [first, second, second, first].map(async (of) => read(await ask(chat, { ...asked, of }))),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1);
      for (const of of [first, second]) {
        expect(await read(await ask(chat, { ...asked, of }))).toMatchObject({
          text: answers[0]?.text,
          replayed: 'true',
        });
      }
    }
    expect(first.backend('m').requests.length + second.backend('m').requests.length).toBe(2);
  });

  test('a process that is killed between its claim and its answer lets the next one answer', async () => {
    const place = await createPlace();
    const dying = await startProcess(place);
    const heir = await startReplica(place, { m: sayTexts('Well') }, 1500);
    const sent = { 'idempotency-key': 'k', authorization: `Bearer ${dying.key}` };
    const body = JSON.stringify({ model: 'm', ...chat.prompt, stream: true });
    const { path } = chat;
    const broken = await postChat({ ...heir, url: dying.url }, body, { path, headers: sent });
    // It lives, and keeps its claim for longer than one lasts.
    const waiting = postChat(heir, body, { path, headers: sent }).then(read);
    const early = await Promise.race([
      waiting,
      new Promise((resolve) => setTimeout(resolve, 2500, 'still waiting')),
    ]);
    expect(early).toBe('still waiting');
    await dying.kill();
    await expect(broken.text()).rejects.toThrow();
    const answer = await waiting;
    expect(answer).toMatchObject({ status: 200, replayed: null });
    expect(answer.text).toContain('Well');
    expect(await postChat(heir, body, { path, headers: sent }).then(read)).toMatchObject({
      text: answer.text,
      replayed: 'true',
    });
    expect(heir.backend('m').requests).toHaveLength(1);
  });
}

describe('on one SQLite file', () => {
  defineTests(async () => join(createTemporaryFolder(), 'gravix.db'));
});

describeWithPostgres('on one Postgres', (server) => {
  defineTests(() => server.createDatabase());

  test('a Postgres that hangs holds up no request for long, and is used again when it is back', async () => {
    const place = await server.createDatabase();
    const app = await startReplica(place, { m: sayTexts('Well') });
    const answerOf = async (key: string) => read(await ask(chat, { key, of: app }));
    expect(await answerOf('before')).toMatchObject({ kept: 'true' });
    let tries = 0;
    server.pause();
    try {
      // The limit is 100 ms; the machine may be busy.
      await expectWithin(1500, async () => {
        tries += 1;
        expect(await answerOf(`while-${tries}`)).toMatchObject({ status: 200, kept: 'false' });
      });
    } finally {
      server.resume();
    }
    // It first does what it was asked for meanwhile.
    await expect.poll(async () => (await answerOf('before')).replayed, { timeout: 10_000 }).toBe('true');
    await expect.poll(async () => (await answerOf('after')).replayed, { timeout: 10_000 }).toBe('true');
    // The claim that came too late was given back.
    await expect.poll(async () => (await answerOf('while')).replayed, { timeout: 10_000 }).toBe('true');
  });
});
