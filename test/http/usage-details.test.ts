// Outcomes and times in our own reports: the rows are of requests that were really made.
import { expect, onTestFinished, test, vi } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';
import { createAdminClient } from './admin-client.ts';
import { chatBody, postChat } from './requests.ts';

interface ShownTimes {
  readonly requests: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

interface DetailedUsage {
  readonly model: string | null;
  readonly deployment: string | null;
  readonly outcome: string | null;
  readonly requests: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly duration: ShownTimes;
  readonly time_to_first_token: ShownTimes;
}

const outcomes = {
  completed: 0,
  refused: 0,
  failed: 0,
  cancelled: 0,
  timed_out: 0,
  interrupted: 0,
  unknown: 0,
};

test('a report has outcomes, deployments and times, for an admin and for the key itself', async () => {
  const bad = () => [{ type: 'fail' as const, error: new Error('It broke.') }];
  const app = await startTestApp({ models: { good: sayTexts('Hi'), bad } });
  onTestFinished(() => app.close());
  const admin = await createAdminClient(app);
  for (const model of ['good', 'good', 'bad']) await (await postChat(app, chatBody(model))).text();
  await vi.waitFor(async () => expect(await app.ledger()).toHaveLength(3), { timeout: 15_000 });

  const read = async (path: string, key?: string): Promise<readonly DetailedUsage[]> => {
    const { status, body } = await admin('GET', path, undefined, key);
    expect([path, status]).toEqual([path, 200]);
    return body.data.flatMap(({ results }: { results: readonly DetailedUsage[] }) => results);
  };
  const together = await read('/v1/admin/usage?bucket_width=1d');
  expect(together).toMatchObject([
    { requests: 3, outcomes: { ...outcomes, completed: 2, failed: 1 }, duration: { requests: 3 } },
  ]);
  const [all] = together;
  expect(all?.duration.p50_ms).toBeLessThanOrEqual(all?.duration.p95_ms ?? -1);
  expect(all?.duration.p95_ms).toBeLessThanOrEqual(all?.duration.p99_ms ?? -1);
  expect(all?.time_to_first_token.requests).toBeGreaterThanOrEqual(2);

  const groups = await read('/v1/admin/usage?group_by=deployment,outcome&bucket_width=1h');
  expect(groups.map(({ deployment, outcome, requests }) => [deployment, outcome, requests])).toEqual([
    ['bad', 'failed', 1],
    ['good', 'completed', 2],
  ]);
  expect(
    await read('/v1/admin/usage?outcomes=failed&deployments=bad&endpoints=chat/completions'),
  ).toMatchObject([{ requests: 1 }]);
  expect(await read('/v1/admin/usage?outcomes=failed&deployments=good')).toEqual([]);

  // Of single minutes, the rows are counted.
  const minutes = await read('/v1/admin/usage?bucket_width=1m&group_by=outcome');
  const failed = minutes.filter(({ outcome }) => outcome === 'failed');
  expect(failed).toMatchObject([
    { requests: 1, outcomes: { ...outcomes, failed: 1 }, duration: { requests: 1 } },
  ]);

  const own = await read('/v1/usage?group_by=model', app.key);
  expect(own.map(({ model, outcomes: { completed, failed } }) => [model, completed, failed])).toEqual([
    ['bad', 0, 1],
    ['good', 2, 0],
  ]);
});

test('refusals before a model was reached are a group without requests', async () => {
  const app = await startTestApp({ models: { good: sayTexts('Hi') } });
  onTestFinished(() => app.close());
  const admin = await createAdminClient(app);
  const { key } = await app.keys.create({ name: 'limited', limits: { requestsPerMinute: 1 } });
  const headers = { authorization: `Bearer ${key}` };
  for (const status of [200, 429]) {
    const answer = await postChat(app, chatBody('good'), { headers });
    await answer.text();
    expect(answer.status).toBe(status);
  }
  const read = async () => {
    const { body } = await admin('GET', '/v1/admin/usage?group_by=outcome');
    return body.data.flatMap(({ results }: { results: readonly DetailedUsage[] }) => results);
  };
  await expect.poll(read, { timeout: 15_000 }).toMatchObject([
    { outcome: 'completed', requests: 1, refused_by_limit: 0 },
    {
      outcome: 'not_admitted',
      requests: 0,
      refused_by_limit: 1,
      outcomes,
      duration: { requests: 0, p50_ms: null },
    },
  ]);
});
