import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { ConfigError } from './config-error.ts';
import type { ConfigProblem } from './config-problem.ts';
import { loadConfig } from './load-config.ts';

const environment = { GPU1_KEY: 'sk-1', BAD_KEY: 'a b', EMPTY_KEY: '' };

function load(file: string, more: Readonly<Record<string, string>> = {}) {
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'config.yaml'), file);
  writeFileSync(join(home, 'key.txt'), 'sk-file\n');
  writeFileSync(join(home, 'empty.txt'), '\n');
  writeFileSync(join(home, 'lines.txt'), 'one\ntwo');
  writeFileSync(join(home, 'long.txt'), 'x'.repeat(8193));
  mkdirSync(join(home, 'folder'));
  return loadConfig({ environment: { GRAVIX_HOME: home, ...environment, ...more }, flags: {} });
}

function problemsOf(file: string): readonly ConfigProblem[] {
  try {
    load(file);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** An upstream with other fields than `kind` and `baseUrl`. */
function upstream(fields: string, address = 'baseUrl: "http://127.0.0.1:8000/v1", '): string {
  return `upstreams: { gpu1: { kind: vllm, ${address}${fields} } }`;
}

/** A model with one deployment at `gpu1`. */
function deployment(fields: string): string {
  return `upstreams: { gpu1: { kind: vllm, baseUrl: "http://h/v1" } }
models: [{ name: m, deployments: [{ upstream: gpu1, ${fields} }] }]`;
}

const smallest = `upstreams:
  gpu1: { kind: openai-compatible, baseUrl: "http://127.0.0.1:8000/v1", apiKeyEnv: GPU1_KEY }
models:
  - name: llama3.1:8b-instruct-fp16
    deployments: [{ upstream: gpu1, model: meta-llama/Llama-3.1-8B-Instruct, timeouts: { betweenChunksMs: 10000 } }]
`;

describe('accepts', () => {
  it('the smallest file', () => {
    const { upstreams, models, upstreamKeys } = load(smallest);
    expect(upstreams['gpu1']).toMatchObject({ kind: 'openai-compatible', discover: false, probeMs: 15_000 });
    expect(models[0]?.deployments?.[0]).toMatchObject({
      upstream: 'gpu1',
      weight: 1,
      priority: 0,
      timeouts: { betweenChunksMs: 10_000 },
    });
    expect(upstreamKeys.get('gpu1')).toBe('sk-1');
  });

  it.each([
    ['the word embedded', 'models: [{ name: m, deployments: [embedded] }]', { embedded: true }],
    ['an installed model', 'models: [{ name: m, deployments: [{ embedded: n }] }]', { embedded: 'n' }],
  ])('%s', (_, file, expected) => {
    expect(load(file).models[0]?.deployments?.[0]).toMatchObject(expected);
  });

  it('a key in a file next to config.yaml, without the end of its line', () => {
    expect(load(upstream('apiKeyFile: key.txt')).upstreamKeys.get('gpu1')).toBe('sk-file');
  });

  it('a key that is missing, where no upstream is asked', () => {
    const home = createTemporaryFolder();
    writeFileSync(join(home, 'config.yaml'), upstream('apiKeyEnv: NO_KEY'));
    const sources = { environment: { GRAVIX_HOME: home }, flags: {} };
    expect(() => loadConfig(sources)).toThrow('NO_KEY');
    expect(loadConfig({ ...sources, needsUpstreamKeys: false }).upstreamKeys.size).toBe(0);
  });

  it('a variable for a key that starts with GRAVIX_, which child processes do not get', () => {
    const config = load(upstream('apiKeyEnv: GRAVIX_GPU1'), { GRAVIX_GPU1: 'sk-2' });
    expect(config.upstreamKeys.get('gpu1')).toBe('sk-2');
    expect(config.childEnvironment).not.toHaveProperty('GRAVIX_GPU1');
  });

  it.each([
    'https://api.openai.com/v1',
    'http://[::1]:1/v1',
    'http://vllm.models.svc:8000/v1',
    'http://10.0.0.1',
  ])('the URL %s', (url) => expect(problemsOf(upstream('', `baseUrl: "${url}", `))).toEqual([]));
});

it.each<readonly [string, string]>([
  ['ftp://a/v1', 'must be a URL that starts with http:// or https://'],
  ['10.0.0.1:8000', 'must be a URL that starts with http:// or https://'],
  ['http:10.0.0.1', 'must be a URL that starts with http:// or https://'],
  ['http://u:secret@a/v1', 'must not contain a user name or password; use apiKeyEnv or apiKeyFile'],
  ['http://a/v1?key=secret', 'must not contain a query or a fragment'],
  ['http://a/v1#', 'must not contain a query or a fragment'],
  ...[
    'http://169.254.169.254/v1',
    'http://169.254.0.1',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://[fd20:ce::254]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[2001:0:1:2:3:4:5601:5601]/',
    'http://[2001:db8::5efe:a9fe:a9fe]/',
    'http://[::a9fe:a9fe]/',
    'http://100.100.100.200/',
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
    'http://instance-data.ec2.internal/',
  ].map((url) => [url, 'must not be a link-local address or the metadata service of a cloud'] as const),
])('refuses the URL %s and does not quote it', (url, words) => {
  for (const [address, path] of [
    [`baseUrl: "${url}", `, 'upstreams.gpu1.baseUrl'],
    [`addresses: ["http://a", "${url}"], `, 'upstreams.gpu1.addresses[1]'],
    [`dns: "${url}", `, 'upstreams.gpu1.dns'],
  ]) {
    expect(problemsOf(upstream('', address))).toEqual([{ path, message: `${path} ${words}.` }]);
  }
});

it.each([
  [deployment('weight: 0'), 'models[0].deployments[0].weight must be a whole number from 1 to 1000, not 0.'],
  [
    deployment('timeouts: { firstTokenMs: soon }'),
    'models[0].deployments[0].timeouts.firstTokenMs must be a duration from 10ms to 1h, such as 90s or 1m30s (a number is milliseconds), not "soon".',
  ],
  [
    deployment('wieght: 2'),
    /^models\[0\]\.deployments\[0\]\.wieght is not known\. Did you mean weight\? The fields there are: embedded, upstream, model, /,
  ],
  [
    deployment('capabilities: { vision: true }'),
    /^models\[0\]\.deployments\[0\]\.capabilities\.vision is not known\. The fields there are: tools, images, /,
  ],
  [
    deployment('capabilities: { images: maybe }'),
    'models[0].deployments[0].capabilities.images must be true or false, not "maybe".',
  ],
  [
    deployment('price: { input: 1 }'),
    'models[0].deployments[0].price.output is missing; it must be an amount from 0 to 1,000,000.',
  ],
  [
    deployment('passParameters: ["a b"]'),
    /^models\[0\]\.deployments\[0\]\.passParameters\[0\] must be .+, not "a b"\.$/,
  ],
  [deployment('embedded: true'), 'models[0].deployments[0] must have either upstream or embedded.'],
  [
    'models: [{ name: m, deployments: [{ embedded: true, timeouts: {} }] }]',
    'models[0].deployments[0].timeouts must be absent with embedded, which ignores it.',
  ],
  [
    deployment('}, { upstream: gpu1, model: m'),
    'models[0].deployments[1] must be another deployment than models[0].deployments[0].',
  ],
  [
    'models: [{ name: m, deployments: [] }]',
    'models[0].deployments must be a list of 1 to 64 deployments, each a mapping or the word embedded, not [].',
  ],
  [
    'models: [{ name: m, deployments: [{ upstream: gpu2 }] }]',
    'models[0].deployments[0].upstream names gpu2, which is not an upstream; there is none.',
  ],
  [
    `${deployment('weight: 1')}\naliases: { m: n }`,
    'aliases.m must have another name than models[0], which it would hide.',
  ],
  ['models: [{ name: m }, { name: m }]', 'models[1].name must be another than that of models[0], m.'],
  [
    'models: [{ name: m, price: { input: 1, output: 1 } }, { name: n, price: { input: 1, output: 1, currency: EUR } }]',
    'models[1].price.currency must be USD: all prices have one currency.',
  ],
  [upstream('', ''), 'upstreams.gpu1 must have baseUrl (one server or router), addresses or dns (replicas).'],
  [
    upstream('dns: "http://h/v1"'),
    'upstreams.gpu1 must have only one of baseUrl, addresses and dns, not baseUrl and dns.',
  ],
  ...['http://h:80/v1', 'http://H/v1/', 'http://h', 'https://h/v1'].map((url): [string, string] => [
    upstream('', `addresses: ["http://h/v1", "http://i/v1", "${url}"]`),
    'upstreams.gpu1.addresses[2] must be another server than addresses[0].',
  ]),
  ...['http://10.0.0.1:8000/v1', 'http://[::1]:8000/v1', 'http://0x0a000001/v1'].map(
    (url): [string, string] => [
      upstream('', `dns: "${url}"`),
      'upstreams.gpu1.dns must have a name that has address records, not an address; use addresses for these.',
    ],
  ),
  [
    upstream('mode: router', 'dns: "http://h/v1", '),
    'upstreams.gpu1.mode must be replicas here: a router is one baseUrl.',
  ],
  [
    upstream('mode: replicas'),
    'upstreams.gpu1.mode needs addresses or dns instead of baseUrl to be replicas.',
  ],
  [
    upstream('projectHeader: x-project'),
    'upstreams.gpu1.projectHeader must be absent unless mode is router, which alone reads it.',
  ],
  [
    upstream('mode: router, projectHeader: Authorization'),
    'upstreams.gpu1.projectHeader must be the name of a header in lower case that starts with x-, not "Authorization".',
  ],
  [
    'upstreams: { gpu1: { baseUrl: "http://h/v1" } }',
    'upstreams.gpu1.kind is missing; it must be one of openai-compatible, vllm, sglang, llama-server, ollama, openai, litellm, gravix.',
  ],
  [
    'upstreams: { GPU: { kind: vllm, baseUrl: "http://h/v1" } }',
    /^upstreams\.GPU is not a valid name; a name has up to 64 lower-case letters/,
  ],
  [
    upstream('apiKeyEnv: NO_KEY'),
    'upstreams.gpu1.apiKeyEnv names the environment variable NO_KEY, which is not set.',
  ],
  [
    upstream('apiKeyEnv: EMPTY_KEY'),
    'upstreams.gpu1.apiKeyEnv names the environment variable EMPTY_KEY, which is not set.',
  ],
  [upstream('apiKeyEnv: BAD_KEY'), /^upstreams\.gpu1\.apiKeyEnv must lead to a key of visible ASCII/],
  [
    upstream('apiKeyEnv: GPU1_KEY, apiKeyFile: key.txt'),
    'upstreams.gpu1 must have only one of apiKeyEnv and apiKeyFile.',
  ],
  [
    upstream('apiKeyFile: none.txt'),
    /^upstreams\.gpu1\.apiKeyFile names the file none\.txt, which can't be read \(ENOENT\)\.$/,
  ],
  [upstream('apiKeyFile: folder'), /which can't be read \(EISDIR\)\.$/],
  [upstream('apiKeyFile: empty.txt'), /^upstreams\.gpu1\.apiKeyFile must lead to a key/],
  [upstream('apiKeyFile: lines.txt'), /^upstreams\.gpu1\.apiKeyFile must lead to a key/],
  [upstream('apiKeyFile: long.txt'), /names a file of 8193 bytes; a key has at most 8192\.$/],
])('refuses %s', (file, message) => {
  expect(problemsOf(file).map((problem) => problem.message)).toEqual([
    typeof message === 'string' ? message : expect.stringMatching(message),
  ]);
});

it('lists every problem at once, whatever else is wrong', () => {
  const file = `slots: 0
upstreams:
  gpu1: { kind: vlm, baseUrl: "http://169.254.169.254/v1", apiKeyEnv: NO_KEY }
models:
  - { name: m, deployments: [{ upstream: gpu2, weight: 0 }] }
  - { name: m }
`;
  expect(problemsOf(file).map(({ path }) => path)).toEqual([
    'slots',
    'upstreams.gpu1.kind',
    'upstreams.gpu1.baseUrl',
    'models[0].deployments[0].weight',
    'upstreams.gpu1.apiKeyEnv',
    'models[1].name',
    'models[0].deployments[0].upstream',
  ]);
  expect(() => load(file)).toThrow(
    'slots in config.yaml must be a whole number from 1 to 64, not 0. `gravix config check` lists 6 more problems.',
  );
});
