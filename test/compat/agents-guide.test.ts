// What the guide shows is what the command writes, and its table is what the catalogue and the estimate of memory say.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { estimateMemoryBytes } from '../../src/catalog/assert-model-fits.ts';
import { findCatalogModel } from '../../src/catalog/list-catalog-models.ts';
import { changeText } from '../../src/cli/connect/change-text.ts';
import type { Connection } from '../../src/cli/connect/client.ts';
import { listClients } from '../../src/cli/connect/list-clients.ts';
import { readBlocks } from './guide-sample.ts';

const guide = 'docs/guides/agents.md';
const text = readFileSync(join(import.meta.dirname, '..', '..', guide), 'utf8');

const connection: Connection = {
  serverUrl: 'http://127.0.0.1:4728',
  openaiUrl: 'http://127.0.0.1:4728/v1',
  model: 'gpt-oss:20b-mxfp4',
  keyVariable: 'GRAVIXLAYER_API_KEY',
  contextLength: 65_536,
  answerTokens: 8192,
  callsTools: true,
  reasons: true,
};

it.each([
  ['claude-code', 'json', 0],
  ['codex', 'toml', 0],
  ['opencode', 'json', 1],
  ['aider', 'yml', 0],
  ['continue', 'yml', 1],
] as const)('the sample of %s is what gravix connect writes', (name, language, at) => {
  const places = { home: '/home/ada', environment: {}, platform: 'linux', exists: () => false } as const;
  const file = listClients()
    .find((client) => client.name === name)
    ?.setUp(connection, places).files[0];
  expect(readBlocks(guide, language)[at]).toBe(changeText(file?.format ?? 'json', '', file?.changes ?? []));
  expect(text).toContain(`\`~${file?.path.slice('/home/ada'.length)}\``);
});

it('names every client', () => {
  for (const { name } of listClients()) expect(text).toContain(`\`${name}\``);
});

/** Layers, heads of keys and values, and numbers of a head, as the makers publish them. */
const shapes: Readonly<Record<string, readonly [layers: number, heads: number, length: number]>> = {
  'qwen3:4b': [36, 8, 128],
  'qwen2.5-coder:7b': [28, 4, 128],
  'qwen3:8b': [36, 8, 128],
  'llama3.1:8b': [32, 8, 128],
  'qwen3:14b': [40, 8, 128],
  'gpt-oss:20b': [24, 8, 64],
  'mistral-small:24b': [40, 8, 128],
  'qwen3:30b-a3b': [48, 4, 128],
  'qwen2.5-coder:32b': [64, 8, 128],
  'llama3.3:70b': [80, 8, 128],
};

const rows = text
  .split('\n')
  .filter((line) => /^\| `[\w.-]+:[\w.-]+` /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

it('the table has each model once', () => {
  expect(rows.map(([, name = '']) => name.replaceAll('`', ''))).toEqual(Object.keys(shapes));
});

it.each(rows)('the row of %2$s', (_, cell = '', trained, file, ...contexts) => {
  const name = cell.replaceAll('`', '');
  const model = findCatalogModel(name);
  expect(model?.contextLength?.toLocaleString('en-US')).toBe(trained);
  expect(model?.capabilities).toContain('tools');
  if (model?.sizeBytes !== undefined) expect(file).toBe(toGigabytes(model.sizeBytes));
  const [layers, headCountKv, keyLength] = shapes[name] ?? [0, 0, 0];
  for (const [at, tokens] of [32_768, 65_536].entries()) {
    const facts = { layers, headCountKv, keyLength, valueLength: keyLength, sizeBytes: 0 };
    const bytes = estimateMemoryBytes({ ...plainFacts, ...facts }, tokens);
    expect(contexts[at]).toBe(tokens > (model?.contextLength ?? 0) ? '' : toGigabytes(bytes));
  }
});

const plainFacts = {
  architecture: 'a',
  parameterCount: 0,
  isEmbedding: false,
  splitCount: 1,
  hasVision: false,
};

function toGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
