import { configYamlSchema } from '@continuedev/config-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { changeText } from './change-text.ts';
import type { ClientPlaces, Connection } from './client.ts';
import { listClients } from './list-clients.ts';
import { toShellLines } from './to-shell-lines.ts';

const connection: Connection = {
  serverUrl: 'http://127.0.0.1:4728',
  openaiUrl: 'http://127.0.0.1:4728/v1',
  model: 'qwen3:8b-q4_K_M',
  keyVariable: 'GRAVIXLAYER_API_KEY',
  contextLength: 32_768,
  answerTokens: 8192,
  callsTools: true,
  reasons: true,
};

const places: ClientPlaces = {
  home: '/home/ada',
  environment: {},
  platform: 'linux',
  exists: () => false,
};

const others: Partial<Connection> = {
  model: 'other:1',
  contextLength: 65_536,
  serverUrl: 'https://llm.example',
};

describe.each(listClients())('$name', ({ setUp }) => {
  const { files, commands } = setUp(connection, places);
  const texts = files.map(({ format, changes }) => changeText(format, '', changes));

  it('names the address, the model and the variable of the key', () => {
    const all = [...texts, ...toShellLines(commands, 'linux')].join('\n');
    expect(all).toContain('http://127.0.0.1:4728');
    // Open WebUI lists the models of the server.
    if (files.length > 0) expect(all).toContain('qwen3:8b-q4_K_M');
    expect(`${all}\nexport GRAVIXLAYER_API_KEY=…`).toContain('GRAVIXLAYER_API_KEY');
  });

  it('has its files in the home of the user', () => {
    for (const { path } of files) expect(path).toMatch(/^\/home\/ada\/\./);
  });

  it('finds its own settings again, and changes them for another model', () => {
    for (const [index, { format, changes }] of files.entries()) {
      const first = texts[index] ?? '';
      expect(changeText(format, first, changes)).toBe(first);
    }
    const changed = setUp({ ...connection, ...others }, places);
    for (const [index, { format, changes }] of changed.files.entries()) {
      expect(changeText(format, texts[index] ?? '', changes)).toContain('other:1');
    }
  });

  it('works without a known context', () => {
    const unknown = setUp({ ...connection, contextLength: undefined }, places);
    for (const { format, changes } of unknown.files) {
      const text = changeText(format, '', changes);
      expect(text).not.toContain('undefined');
      expect(text).not.toContain('32768');
    }
  });

  it('quotes a name that a shell would read', () => {
    const odd = setUp({ ...connection, model: "a b'c$d" }, places);
    for (const line of toShellLines(odd.commands, 'linux')) {
      if (line.includes('a b')) expect(line).toContain(`a b'\\''c$d'`);
    }
  });
});

it("writes what Continue's own parser takes", () => {
  const [file] =
    listClients()
      .find(({ name }) => name === 'continue')
      ?.setUp(connection, places).files ?? [];
  const content: unknown = parse(changeText('yaml', '', file?.changes ?? []));
  expect(configYamlSchema.parse(content)).toEqual(content);
  expect(configYamlSchema.safeParse({ ...(content as object), models: [{ name: 'a' }] }).success).toBe(false);
});

it.each([
  ['claude-code', { CLAUDE_CONFIG_DIR: '/c' }, '/c/settings.json'],
  ['codex', { CODEX_HOME: '/c' }, '/c/config.toml'],
  ['opencode', { XDG_CONFIG_HOME: '/x' }, '/x/opencode/opencode.json'],
  ['crush', { CRUSH_GLOBAL_CONFIG: '/c' }, '/c/crush.json'],
  ['goose', { XDG_CONFIG_HOME: '/x' }, '/x/goose/custom_providers/gravix.json'],
  ['llm', { LLM_USER_PATH: '/l' }, '/l/extra-openai-models.yaml'],
  ['qwen-code', { QWEN_HOME: '/q' }, '/q/settings.json'],
  ['zed', { XDG_CONFIG_HOME: '/x' }, '/x/zed/settings.json'],
])('%s follows its variable', (name, environment, expected) => {
  const client = listClients().find((known) => known.name === name);
  expect(client?.setUp(connection, { ...places, environment }).files[0]?.path).toBe(expected);
});

it('opencode: the file with comments comes first', () => {
  const client = listClients().find(({ name }) => name === 'opencode');
  const [file] = client?.setUp(connection, { ...places, exists: () => true }).files ?? [];
  expect(file?.path).toBe('/home/ada/.config/opencode/opencode.jsonc');
});

it.each([
  ['GRAVIXLAYER_API_KEY', '"gravixlayer"', undefined],
  ['MY_SERVER_API_KEY', '"my_server"', undefined],
  ['OTHER', '"gravix"', 'export GRAVIX_API_KEY="$OTHER"'],
])('zed with the variable %s', (keyVariable, provider, line) => {
  const zed = listClients().find(({ name }) => name === 'zed');
  const { files, commands } = zed?.setUp({ ...connection, keyVariable }, places) ?? {
    files: [],
    commands: [],
  };
  expect(changeText('json', '', files[0]?.changes ?? [])).toContain(`"provider": ${provider}`);
  expect(toShellLines(commands, 'linux')[0]).toBe(line ?? 'zed');
});

it('writes PowerShell for Windows', () => {
  const aider = listClients().find(({ name }) => name === 'aider');
  const { commands } = aider?.setUp(connection, places) ?? { commands: [] };
  expect(toShellLines(commands, 'win32')).toEqual([
    '$env:OPENAI_API_KEY = $env:GRAVIXLAYER_API_KEY',
    'aider',
  ]);
});
