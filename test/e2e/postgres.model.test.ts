import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../postgres-server.ts';
import { createTestHome, runCommand, type ServerProcess, startServerProcess } from '../server-process.ts';
import { post, user } from './chat-client.ts';

describeWithPostgres('two servers on one Postgres', (postgres) => {
  test('share keys and stored answers, say when it is gone, and go on when it is back', async () => {
    const environment = { DATABASE_URL: await postgres.createDatabase() };
    const flags = ['--context-length', '512'];
    const servers = await Promise.all([
      startServerProcess({ environment: { ...environment, GRAVIXLAYER_API_KEY: 'a' }, flags }),
      startServerProcess({ environment: { ...environment, GRAVIXLAYER_API_KEY: 'b' }, flags }),
    ]);
    const [first, second] = servers;
    const makeKey = async () => {
      const made = await runCommand(['keys', 'create', '--json'], {
        ...environment,
        GRAVIX_HOME: first.home,
      });
      expect(made).toMatchObject({ exit: 0, errors: '' });
      return (JSON.parse(made.output) as { key: string }).key;
    };
    const listModels = ({ url }: ServerProcess, key: string) =>
      fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });

    const shared = await makeKey();
    for (const server of servers) expect((await listModels(server, shared)).status).toBe(200);
    const body = { messages: [user('Hi')], max_tokens: 5, store: true };
    const made = await post({ ...first, key: shared }, body);
    const { id } = (await made.json()) as { id: string };
    const stored = await fetch(`${second.url}/v1/chat/completions/${id}`, {
      headers: { authorization: `Bearer ${shared}` },
    });
    expect(await stored.json()).toMatchObject({ id });

    const unused = await makeKey();
    await postgres.kill();
    for (const server of servers) {
      const refused = await listModels(server, unused);
      expect({ status: refused.status, body: await refused.json() }).toMatchObject({
        status: 503,
        body: { error: { code: 'store_unavailable' } },
      });
      expect((await listModels(server, 'gx-made-up')).status).toBe(401);
    }
    // An answer that can't be kept goes out all the same.
    const unkept = await post({ ...first, key: 'a' }, body);
    expect({ status: unkept.status, stored: unkept.headers.get('x-stored') }).toEqual({
      status: 200,
      stored: 'false',
    });
    await postgres.start();
    for (const server of servers) {
      await expect.poll(async () => (await listModels(server, unused)).status, { timeout: 60_000 }).toBe(200);
    }
    // Nothing waits for one that hangs when it stops.
    postgres.pause();
    try {
      for (const server of servers) expect(await server.stop()).toBe(0);
    } finally {
      postgres.resume();
    }
    for (const server of servers) {
      expect(server.output() + server.logs()).not.toMatch(/postgres:\/\/|special%23/);
    }
  });

  test('a server that starts while it is down serves, and needs no restart when it is back', async () => {
    const environment = { DATABASE_URL: await postgres.createDatabase(), GRAVIXLAYER_API_KEY: 'a' };
    await postgres.kill();
    const server = await startServerProcess({ environment, flags: ['--context-length', '512'] }).catch(
      async (error: unknown) => {
        await postgres.start();
        throw error;
      },
    );
    const readReady = async () => {
      const answer = await fetch(`${server.url}/ready`);
      return { status: answer.status, body: await answer.json() };
    };
    const ask = async (key: string) => {
      const answer = await post({ ...server, key }, { messages: [user('Hi')], max_tokens: 5 });
      await answer.text();
      return answer.status;
    };
    try {
      await expect
        .poll(readReady, { timeout: 60_000 })
        .toEqual({ status: 200, body: { status: 'ready', database: 'degraded' } });
      for (const status of [await ask('a'), await ask('a')]) expect(status).toBe(200);
      expect(await ask('gx-made-up')).toBe(503);
      // It reports to the database every two seconds.
      await sleep(2500);
      const warnings = server
        .logs()
        .split('\n')
        .filter((line) => /"level":[45]0/.test(line))
        .map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
      // One line, however long it is down, and one for the request that was refused.
      expect(warnings).toEqual([
        'the database does not answer; the server tries to reach it again',
        expect.any(String),
      ]);
    } finally {
      await postgres.start();
    }
    await expect
      .poll(readReady, { timeout: 60_000 })
      .toEqual({ status: 200, body: { status: 'ready', database: 'ok' } });
    await expect.poll(() => ask('gx-made-up')).toBe(401);
    const made = await runCommand(['keys', 'create', '--json', '--requests-per-minute', '2'], {
      ...environment,
      GRAVIX_HOME: server.home,
    });
    expect(made).toMatchObject({ exit: 0, errors: '' });
    const { key } = JSON.parse(made.output) as { key: string };
    for (const status of [200, 200, 429]) expect(await ask(key)).toBe(status);
    // What ran before the tables were there is in the ledger as well.
    const readRows = async () => {
      const exported = await runCommand(['usage', 'export'], { ...environment, GRAVIX_HOME: server.home });
      return exported.output.match(/,completed,/g)?.length;
    };
    await expect.poll(readRows, { timeout: 20_000, interval: 1000 }).toBe(4);
    const reconciled = await runCommand(['usage', 'reconcile'], {
      ...environment,
      GRAVIX_HOME: server.home,
    });
    expect(reconciled).toMatchObject({ exit: 0, errors: '' });
    expect(await server.stop()).toBe(0);
  });

  test('a wrong password ends the start with one sentence', async () => {
    const home = await createTestHome();
    const environment = { GRAVIX_HOME: home, DATABASE_URL: postgres.toUrl('postgres', 'tester', 'wrong') };
    const { exit, errors } = await runCommand(['serve', '--port', '0'], environment);
    expect(exit).toBe(1);
    expect(errors).toMatch(
      /^gravix: The Postgres database postgres at \S+ can't be used\. Postgres refuses the user or the password .*\n$/,
    );
    expect(errors).not.toContain('wrong');
  });
});
