import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';

interface Sources {
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, unknown>>;
}

function load({ file, environment = {}, flags = {} }: Sources) {
  const home = createTemporaryFolder();
  if (file !== undefined) writeFileSync(join(home, 'config.yaml'), file);
  return loadConfig({ environment: { GRAVIX_HOME: home, ...environment }, flags });
}

function refusal(sources: Sources): string {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('It was accepted.');
}

describe('precedence', () => {
  const file = 'port: 1';
  const environment = { PORT: '2' };
  const flags = { port: '3' };
  it.each<[string, Sources, number]>([
    ['the default', {}, 4728],
    ['the file before the default', { file }, 1],
    ['the environment before the file', { file, environment }, 2],
    ['a flag before all', { file, environment, flags }, 3],
    ['a flag before the default', { flags }, 3],
    ['an empty variable counts as none', { file, environment: { PORT: '' } }, 1],
    ['an undefined flag counts as none', { environment, flags: { port: undefined } }, 2],
    ['an empty file has no settings', { file: '' }, 4728],
    ['a file of comments has no settings', { file: '# port: 1\n' }, 4728],
  ])('%s', (_, sources, port) => {
    expect(load(sources).port).toBe(port);
  });

  it('one source leaves the settings of the others alone', () => {
    const config = load({ file: 'slots: 2', environment: { GRAVIX_THREADS: '3' }, flags: { host: '::1' } });
    expect(config).toMatchObject({ slots: 2, threads: 3, host: '::1', port: 4728 });
  });
});

it.each<[string, Sources, object]>([
  ['numbers as text in the file', { file: 'port: "80"' }, { port: 80 }],
  ['spaces around a number', { environment: { PORT: ' 80 ' } }, { port: 80 }],
  ['off', { environment: { GRAVIX_FLASH_ATTENTION: 'off' } }, { flashAttention: false }],
  ['1', { flags: { flashAttention: '1' } }, { flashAttention: true }],
  ['aliases in the file', { file: 'aliases:\n  a: m:1' }, { aliases: { a: 'm:1' } }],
  [
    'aliases in the environment',
    { environment: { GRAVIX_ALIASES: 'a=m, b=n' } },
    { aliases: { a: 'm', b: 'n' } },
  ],
  ['an alias to a name with =', { flags: { aliases: ['a=m=1'] } }, { aliases: { a: 'm=1' } }],
  [
    'alias flags with commas',
    { flags: { aliases: ['a=m,b=n', 'c=o'] } },
    { aliases: { a: 'm', b: 'n', c: 'o' } },
  ],
  [
    'origins',
    { environment: { GRAVIX_CORS_ORIGINS: 'https://a.example, http://localhost:1' } },
    { corsOrigins: ['https://a.example', 'http://localhost:1'] },
  ],
  [
    'origins of several flags',
    { flags: { corsOrigins: ['tauri://a', 'b://b'] } },
    { corsOrigins: ['tauri://a', 'b://b'] },
  ],
  ['any origin', { file: 'corsOrigins: "*"' }, { corsOrigins: ['*'] }],
  ['no origin by default', {}, { corsOrigins: [] }],
  [
    'a public address, whose last slash does not count',
    { environment: { GRAVIX_PUBLIC_URL: 'https://example.com:8443/llm/' } },
    { publicUrl: 'https://example.com:8443/llm' },
  ],
  [
    'a duration in the file',
    { file: 'keepAliveMs: 5m\npingMs: 2500' },
    { keepAliveMs: 300_000, pingMs: 2500 },
  ],
])('reads %s', (_, sources, expected) => {
  expect(load(sources)).toMatchObject(expected);
});

it.each<[string, Sources, string]>([
  [
    'a word for a number',
    { flags: { port: 'abc' } },
    '--port must be a whole number from 0 to 65535, not "abc".',
  ],
  ['too small', { flags: { slots: '0' } }, '--slots must be a whole number from 1 to 64, not "0".'],
  [
    'too large',
    { environment: { PORT: '65536' } },
    'PORT must be a whole number from 0 to 65535, not "65536".',
  ],
  [
    'a fraction',
    { file: 'slots: 1.5' },
    'slots in config.yaml must be a whole number from 1 to 64, not 1.5.',
  ],
  ['an empty flag', { flags: { port: '' } }, '--port must be a whole number from 0 to 65535, not "".'],
  ['null', { file: 'slots:' }, 'slots in config.yaml must be a whole number from 1 to 64, not null.'],
  [
    'no truth',
    { environment: { GRAVIX_FLASH_ATTENTION: 'yes' } },
    'GRAVIX_FLASH_ATTENTION must be true or false, not "yes".',
  ],
  [
    'no choice',
    { flags: { logLevel: 'loud' } },
    '--log-level must be one of debug, info, warn, error, silent, not "loud".',
  ],
  ['an empty text', { file: 'model: ""' }, 'model in config.yaml must be a non-empty text, not "".'],
  ['half an alias', { flags: { aliases: ['a'] } }, '--alias must be pairs of NAME=MODEL, not ["a"].'],
  [
    'a list for aliases',
    { file: 'aliases: 3' },
    'aliases in config.yaml must be pairs of NAME=MODEL, not 3.',
  ],
  [
    'a long value, cut',
    { flags: { port: 'x'.repeat(1000) } },
    `--port must be a whole number from 0 to 65535, not "${'x'.repeat(59)}….`,
  ],
  [
    'an address, which may hold a password and is not quoted',
    { environment: { HF_ENDPOINT: 'ftp://me:secret@host' } },
    'HF_ENDPOINT must be a URL that starts with http:// or https://.',
  ],
  ...['example.com', 'ftp://a.example', 'https://a.example/?a=b', "https://a.example/'$(id)"].map(
    (publicUrl): [string, Sources, string] => [
      `${publicUrl} as the public address`,
      { flags: { publicUrl } },
      `--public-url must be a URL such as https://llm.example.com or https://example.com/llm, not "${publicUrl}".`,
    ],
  ),
  [
    'an origin with a path',
    { flags: { corsOrigins: ['https://a.example/'] } },
    '--cors-origins must be up to 100 exact origins such as https://app.example, or * alone, not ["https://a.example/"].',
  ],
  [
    'every origin beside others',
    { environment: { GRAVIX_CORS_ORIGINS: '*,tauri://a' } },
    'GRAVIX_CORS_ORIGINS must be up to 100 exact origins such as https://app.example, or * alone, not "*,tauri://a".',
  ],
  ['an empty name', { flags: { pinned: ['a,'] } }, '--pinned must be a list of non-empty names, not ["a,"].'],
  ['no mapping', { file: '- port' }, 'config.yaml must be a mapping of setting names to values.'],
  ...['__proto__: {}', 'upstreams: { __proto__: { kind: vllm } }', 'models: [{ "__proto__": 1 }]'].map(
    (file): [string, { file: string }, string] => [
      file,
      { file },
      'config.yaml must not have anything of the name __proto__.',
    ],
  ),
  [
    'no YAML',
    { file: 'port: 1\nport: 2' },
    'config.yaml is not valid YAML: Map keys must be unique at line 2, column 1.',
  ],
])('refuses %s', (_, sources, sentence) => {
  expect(refusal(sources)).toBe(sentence);
});

it('names a setting that does not exist, and those that do', () => {
  expect(refusal({ file: 'prot: 1\nhome: /x' })).toMatch(
    /^config\.yaml has an unknown setting: prot, home\. The settings are: host, port, model, .+\.$/,
  );
});

it('says that config.yaml cannot be read', () => {
  const home = createTemporaryFolder();
  mkdirSync(join(home, 'config.yaml'));
  expect(() => loadConfig({ environment: { GRAVIX_HOME: home }, flags: {} })).toThrow(
    /^Can't read config\.yaml: EISDIR/,
  );
});

it.each([{}, { GRAVIX_HOME: '' }])('keeps its data in ~/.gravix by default (%j)', (environment) => {
  expect(loadConfig({ environment, flags: { port: 1 } }).home).toBe(join(homedir(), '.gravix'));
});

describe('prices', () => {
  const file = (price: string) => `models:\n  - name: m\n    price: ${price}`;

  it.each([
    ['{ input: 1, output: 2 }', { input: 1, output: 2, currency: 'USD' }],
    ['{ perHour: 0.5, currency: EUR }', { perHour: 0.5, currency: 'EUR' }],
    [
      '{ input: 0, cachedInput: 0, output: 0, perHour: 1000000 }',
      { input: 0, cachedInput: 0, output: 0, perHour: 1e6, currency: 'USD' },
    ],
  ])('%s', (price, expected) => {
    expect(load({ file: file(price) }).models).toEqual([{ name: 'm', price: expected }]);
  });

  it.each([
    ['{ input: 1 }', 'output is missing; it must be an amount from 0 to 1,000,000'],
    ['{ output: 1 }', 'input is missing; it must be an amount from 0 to 1,000,000'],
    ['{ cachedInput: 1, perHour: 1 }', 'input is missing; it must be an amount from 0 to 1,000,000'],
    ['{ perHour: -1 }', 'perHour must be an amount from 0 to 1,000,000, not -1'],
    ['{ perHour: 1000001 }', 'perHour must be an amount from 0 to 1,000,000, not 1000001'],
    ['{ perHour: "1" }', 'perHour must be an amount from 0 to 1,000,000, not "1"'],
  ])('refuses %s', (price, problem) => {
    expect(refusal({ file: file(price) })).toContain(`models[0].price.${problem}.`);
  });

  it('refuses one without an amount', () => {
    expect(refusal({ file: file('{ currency: USD }') })).toBe(
      'models[0].price must have input and output, or perHour.',
    );
    expect(refusal({ file: file('{ perMinute: 1 }') })).toMatch(/perMinute/);
  });
});

describe('webhooks', () => {
  const url = 'https://ops.example/hook?token=gx-1';
  const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const both = { GRAVIX_WEBHOOK_URL: url, GRAVIX_WEBHOOK_SECRET: secret };
  const secretSentence = 'must be whsec_ and 24 to 64 random bytes in base64; webhookUrl needs it.';

  it('have an address and a secret, which no child process gets', () => {
    const { webhookUrl, webhookSecret, childEnvironment } = load({ environment: both });
    expect({ webhookUrl, webhookSecret }).toEqual({ webhookUrl: url, webhookSecret: secret });
    expect(Object.keys(childEnvironment)).not.toContain('GRAVIX_WEBHOOK_URL');
    expect(JSON.stringify(childEnvironment)).not.toContain(secret);
    // As in the shell of the receiver.
    expect(load({ environment: { GRAVIX_WEBHOOK_SECRET: secret } }).webhookUrl).toBeUndefined();
    expect(load({ file: `webhookUrl: ${url}\nwebhookSecret: ${secret}` }).webhookSecret).toBe(secret);
  });

  it.each<[string, Sources, string]>([
    ['an address alone', { environment: { GRAVIX_WEBHOOK_URL: url } }, `webhookSecret ${secretSentence}`],
    ...[
      'gx-9',
      'whsec_',
      `${secret}A`,
      `whsec_${'A'.repeat(31)}`,
      `whsec_${'A'.repeat(88)}`,
      `x${secret}`,
    ].map((text): [string, Sources, string] => [
      `the secret ${text}`,
      { environment: { ...both, GRAVIX_WEBHOOK_SECRET: text } },
      `GRAVIX_WEBHOOK_SECRET ${secretSentence}`,
    ]),
    ...['ops.example', 'ftp://ops.example', 'https://me:gx-9@ops.example', 'http://', 'file:///etc/gx-9'].map(
      (text): [string, Sources, string] => [
        `the address ${text}`,
        { environment: { ...both, GRAVIX_WEBHOOK_URL: text } },
        'GRAVIX_WEBHOOK_URL must be a URL that starts with http:// or https://, without a user name or password.',
      ],
    ),
  ])('refuses %s', (_title, sources, sentence) => {
    expect(refusal(sources)).toBe(sentence);
  });
});

it('gives no secret to child processes', () => {
  const secrets = {
    GRAVIXLAYER_API_KEY: 'gx-1',
    HF_TOKEN: 'gx-2',
    aws_secret_access_key: 'gx-3',
    PGPASSWORD: 'gx-4',
    MYSQL_PWD_PASSPHRASE: 'gx-5',
    GOOGLE_APPLICATION_CREDENTIALS: 'gx-6',
    BASIC_AUTH: 'gx-7',
    HTTPS_PROXY: 'http://me:gx-8@proxy:3128',
    DATABASE_URL: 'postgres://gx-9@host/db',
  };
  const kept = { PATH: '/bin', LANG: 'C', HOME: '/root', NO_PROXY: 'a@b', MIRROR: 'https://host/a@b' };
  const { childEnvironment, environmentKey } = load({ environment: { ...secrets, ...kept } });
  expect(JSON.stringify(childEnvironment)).not.toContain('gx-');
  expect(childEnvironment).toMatchObject(kept);
  expect(environmentKey).toBe('gx-1');
  expect(load({ environment: { GRAVIXLAYER_API_KEY: '' } }).environmentKey).toBeUndefined();
});

it.each<[Sources, boolean]>([
  [{}, false],
  [{ environment: { GRAVIX_MODEL: '' }, flags: { model: undefined } }, false],
  [{ file: 'model: a' }, true],
  [{ environment: { GRAVIX_MODEL: 'a' } }, true],
  [{ flags: { model: 'smollm2:135m-instruct-q4_1' } }, true],
])('whether the model was chosen by %o is %s', (sources, isModelChosen) => {
  expect(load(sources).isModelChosen).toBe(isModelChosen);
});
