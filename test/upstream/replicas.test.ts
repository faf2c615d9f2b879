import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import {
  createUpstreamReplicas,
  type UpstreamReplicas,
  type UpstreamReplicasOptions,
} from '../../src/upstream/replicas/create-upstream-replicas.ts';
import { createAddressLookup } from '../../src/upstream/replicas/look-up-addresses.ts';
import { RefusedAddressError } from '../../src/upstream-rules/refused-addresses.ts';
import { createRequest, untouched } from '../create-request.ts';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import { startDnsServer, type TestDnsServer } from './dns-server.ts';
import { readText, toDeploymentOptions } from './upstream-setup.ts';

/** Servers on one port of several addresses, which say where a request came in and for which host. */
async function startServers(addresses: readonly string[]): Promise<number> {
  let port = 0;
  for (const address of addresses) {
    const server = createServer((request, response) => {
      request.resume();
      const content = `${address} ${request.headers.host}`;
      const message = { role: 'assistant', content };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      const models = [{ id: 'm', object: 'model', max_model_len: 4096 }];
      response.end(JSON.stringify(request.method === 'GET' ? { object: 'list', data: models } : { choices }));
    });
    const listening = await listenOnLoopback(server, { port, address });
    port = listening.port;
    onTestFinished(listening.close);
  }
  return port;
}

async function startDns(addresses: readonly string[], ttlSeconds?: number): Promise<TestDnsServer> {
  const server = await startDnsServer(addresses, ttlSeconds);
  onTestFinished(() => server.close());
  return server;
}

function createReplicas(
  source: UpstreamReplicasOptions['source'],
  more: Partial<UpstreamReplicasOptions> = {},
): UpstreamReplicas {
  const replicas = createUpstreamReplicas({ name: 'gpu', kind: 'vllm', apiKey: undefined, ...more, source });
  onTestFinished(() => replicas.close());
  return replicas;
}

const options = toDeploymentOptions('m', { timeouts: { totalMs: 2000 } });

/** A deployment on the servers of a name, once each was looked up and probed. None serves at its port. */
async function followName(dns: TestDnsServer, hostname = 'a.test') {
  const replicas = createReplicas({
    kind: 'dns',
    baseUrl: new URL(`http://${hostname}:9/v1`),
    lookUp: createAddressLookup([dns.address]),
  });
  const deployment = replicas.createDeployment(options);
  await replicas.probed;
  return deployment;
}

async function ask(replicas: UpstreamReplicas, name: string): Promise<string> {
  const deployment = replicas.createDeployment(options);
  const replica = deployment.replicas().find((one) => one.name === name);
  if (replica === undefined) throw new Error(`There is no replica ${name}.`);
  return await readText(replica.backend.generate(createRequest('Hi', { isStreamed: false }), untouched()));
}

/** For what follows when records are looked up again: seven seconds, if the name server is silent. */
const isOver = { timeout: 12_000, interval: 20 };

const names = (replicas: readonly { readonly name: string }[]) => replicas.map(({ name }) => name);

test('listed addresses are replicas', async () => {
  const port = await startServers(['127.0.0.1', '127.0.0.2']);
  const replicas = createReplicas({
    kind: 'list',
    baseUrls: [new URL(`http://127.0.0.1:${port}/v1`), new URL(`http://127.0.0.2:${port}/v1`)],
  });
  await replicas.probed;
  expect(replicas.facts().models).toEqual([{ id: 'm', contextLength: 4096 }]);
  expect(await ask(replicas, `127.0.0.1:${port}`)).toBe(`127.0.0.1 127.0.0.1:${port}`);
  expect(await ask(replicas, `127.0.0.2:${port}`)).toBe(`127.0.0.2 127.0.0.2:${port}`);
});

test("each address of a name is a replica, asked for by the name, and follows the name's records", async () => {
  const port = await startServers(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
  const dns = await startDns(['127.0.0.1', '127.0.0.2'], 1);
  const replicas = createReplicas({
    kind: 'dns',
    baseUrl: new URL(`http://vllm.test:${port}/v1`),
    lookUp: createAddressLookup([dns.address]),
  });
  const deployment = replicas.createDeployment(options);
  expect(deployment.replicas()).toEqual([]);
  await replicas.probed;
  const first = deployment.replicas();
  expect(names(first)).toEqual(['127.0.0.1', '127.0.0.2']);
  expect(await ask(replicas, '127.0.0.2')).toBe(`127.0.0.2 vllm.test:${port}`);
  expect(deployment.replicas()).toBe(first);
  dns.set(['127.0.0.2', '127.0.0.3']);
  await expect.poll(() => names(deployment.replicas()), isOver).toContain('127.0.0.3');
  expect(names(deployment.replicas())).toEqual(['127.0.0.2', '127.0.0.3']);
  // The one that stayed is the same, and the one that went takes no more requests.
  expect(deployment.replicas()[0]?.backend).toBe(first[1]?.backend);
  await expect.poll(() => first[0]?.backend.state(), isOver).toBe('closed');
  expect(await ask(replicas, '127.0.0.3')).toBe(`127.0.0.3 vllm.test:${port}`);
});

test.each(['servfail', 'silent'] as const)(
  'a name server that fails changes nothing: %s',
  async (failure) => {
    const port = await startServers(['127.0.0.1']);
    const dns = await startDns(['127.0.0.1'], 1);
    const failures: unknown[] = [];
    const replicas = createReplicas(
      {
        kind: 'dns',
        baseUrl: new URL(`http://a.test:${port}/v1`),
        lookUp: createAddressLookup([dns.address]),
      },
      { onLookupFailure: (error) => failures.push(error) },
    );
    const deployment = replicas.createDeployment(options);
    await replicas.probed;
    dns.set(failure);
    await expect.poll(() => failures.length, isOver).toBeGreaterThan(0);
    expect(names(deployment.replicas())).toEqual(['127.0.0.1']);
    // A name without addresses has no replicas.
    dns.set([]);
    await expect.poll(() => deployment.replicas(), isOver).toHaveLength(0);
  },
);

test.each([
  [6, 'servfail', ['127.0.0.1', '127.0.0.2'], ['127.0.0.1', '::1', '127.0.0.2']],
  [6, 'silent', ['127.0.0.2'], ['::1', '127.0.0.2']],
  [4, 'servfail', ['::2'], ['127.0.0.1', '::2']],
] as const)(
  'a name server that fails for IPv%i only (%s) keeps these addresses, and the others are followed',
  async (family, failure, addresses, expected) => {
    const dns = await startDns(['127.0.0.1', '::1'], 1);
    const deployment = await followName(dns);
    expect(names(deployment.replicas())).toEqual(['127.0.0.1', '::1']);
    dns.set(failure, family);
    dns.set(addresses, family === 6 ? 4 : 6);
    await expect.poll(() => names(deployment.replicas()).sort(), isOver).toEqual([...expected].sort());
    // Where nobody answers for the only addresses that there were, nothing is known.
    dns.set([], family === 6 ? 4 : 6);
    await expect(createAddressLookup([dns.address])('a.test')).rejects.toThrow();
  },
);

test('a name server that knows no IPv6 is enough to start', async () => {
  const dns = await startDns(['127.0.0.1'], 1);
  dns.set('servfail', 6);
  const deployment = await followName(dns);
  expect(names(deployment.replicas())).toEqual(['127.0.0.1']);
});

test('records of IPv4 and IPv6, and never a link-local or metadata address', async () => {
  const dns = await startDns([
    '127.0.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '::1',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:a9fe:a9fe',
  ]);
  const deployment = await followName(dns, 'rebound.test');
  expect(names(deployment.replicas())).toEqual(['127.0.0.1', '::1']);
  const listed = () => createReplicas({ kind: 'list', baseUrls: [new URL('http://169.254.169.254/v1')] });
  expect(listed).toThrow(RefusedAddressError);
});

test.each([
  [0, 1000],
  [7, 7000],
  [3600, 30_000],
])('records that hold %i s are looked up again after %i ms', async (ttlSeconds, holdMs) => {
  const dns = await startDns(['127.0.0.1'], ttlSeconds);
  expect(await createAddressLookup([dns.address])('a.test')).toEqual({
    addresses: [{ address: '127.0.0.1', family: 4 }],
    holdMs,
  });
});

test('a name that the system knows needs no name server', async () => {
  const { addresses } = await createAddressLookup()('localhost');
  expect(addresses.map(({ address }) => address)).toContain('127.0.0.1');
});
