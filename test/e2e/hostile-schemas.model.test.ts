import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { openStream, post, type StreamEnding, user } from './chat-client.ts';
import { type HostileOutcome, hostileForms } from './hostile-schemas.ts';

/** The promise is two seconds; the tests' machines may be busy with other things. */
const answerMsMax = 30_000;

let server: ServerProcess;
let isOver = false;
let others: Promise<StreamEnding[]>;

beforeAll(async () => {
  // Shown schemas would make prompts of thousands of tokens, and those are not what is tested here.
  server = await startServerProcess({ flags: ['--show-schema', 'false'] });
  others = streamOn();
});

afterAll(() => server.stop());

/** Somebody else's streams, one after the other, until all is over. */
async function streamOn(): Promise<StreamEnding[]> {
  const endings: StreamEnding[] = [];
  while (!isOver) {
    const body = { messages: [user('Tell me a long story.')], max_tokens: 200, temperature: 1 };
    endings.push(await (await openStream(server, body)).ended);
  }
  return endings;
}

const statuses: Readonly<Record<HostileOutcome, readonly number[]>> = {
  refused: [400],
  // An answer that the check refuses has a form that no grammar holds.
  answered: [200, 502],
  either: [200, 400, 502],
};

/** How long a machine may be too busy to compile a schema in its time. */
const busyMsMax = 60_000;

/** A machine that is too busy to compile a schema says so, and is asked again. */
async function ask(format: object): Promise<Response> {
  const giveUpAtMs = performance.now() + busyMsMax;
  for (;;) {
    const startedAtMs = performance.now();
    const answer = await post(server, { messages: [user('Say something.')], max_tokens: 4, ...format });
    expect(performance.now() - startedAtMs).toBeLessThan(answerMsMax);
    if (answer.status !== 503 || performance.now() > giveUpAtMs) return answer;
    await answer.body?.cancel();
    await sleep(500);
  }
}

test.each(hostileForms)('$name: $outcome', async ({ outcome, format }) => {
  const answer = await ask(format);
  const { error } = JSON.parse(await answer.text());
  expect(statuses[outcome]).toContain(answer.status);
  if (answer.status === 400) {
    expect(error).toMatchObject({
      code: 'unsupported_schema',
      param: expect.stringMatching(/^response_format\.(grammar$|json_schema\.schema)/),
      message: expect.stringMatching(/^[A-Z].{10,300}\.$/),
    });
  }
});

test('nobody else noticed', async () => {
  isOver = true;
  const endings = await others;
  expect(endings.length).toBeGreaterThan(0);
  for (const ending of endings) expect(ending).toMatchObject({ isDone: true, errors: [] });
  expect(server.logs()).not.toContain('engine-crashed');
});
