import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCycles, findViolations, listSnakeCaseNames } from './find-violations.ts';
import { houseRules } from './house-rules.ts';
import { readPicture, readRoomList, toPicture } from './read-architecture-page.ts';
import { readSourceFacts, toSourceFacts } from './read-source-facts.ts';

const sourceFolder = join(import.meta.dirname, '..', '..', 'src');

test('src keeps the rules of the house', () => {
  const files = readSourceFacts(sourceFolder);
  expect(files.map(({ path }) => path)).toContain('backend/backend.ts');
  expect(findViolations(files, houseRules)).toEqual([]);
});

test('each place that may have names in snake_case has some', () => {
  const files = readSourceFacts(sourceFolder).filter(({ path }) => !path.endsWith('.test.ts'));
  const places = houseRules.snakeCase.filter((place) =>
    files.some(
      (file) =>
        (file.path === place || file.path.startsWith(`${place}/`)) && listSnakeCaseNames(file).length > 0,
    ),
  );
  expect(places).toEqual(houseRules.snakeCase);
});

test('the arrows of the table make no cycle and name rooms that exist', () => {
  const rooms = Object.entries(houseRules.rooms);
  const arrows = new Map(rooms.map(([name, { uses, types = [] }]) => [name, [...uses, ...types]]));
  expect(findCycles(arrows)).toEqual([]);
  for (const target of [...arrows.values()].flat()) expect(arrows.has(target), target).toBe(true);
  // A room that is only planned has no row: its folder comes first.
  for (const [room] of rooms) expect(existsSync(join(sourceFolder, room)), room).toBe(true);
});

test('the picture and the list of rooms in docs/ARCHITECTURE.md are those of the table', () => {
  const page = readFileSync(join(sourceFolder, '..', 'docs', 'ARCHITECTURE.md'), 'utf8');
  expect(readPicture(page)).toEqual(toPicture(houseRules));
  expect(readRoomList(page)).toEqual(Object.keys(houseRules.rooms).sort());
});

/** Each row breaks one rule: a file's path, its text, and what must be said about it. */
const violations: readonly (readonly [path: string, text: string, expected: string])[] = [
  ['backend/backend.ts', `import { a } from '../protocol/a.ts';`, 'no arrow backend → protocol'],
  ['backend/backend.ts', `import type { a } from '../store/a.ts';`, 'no arrow backend → store'],
  ['backend/backend.ts', `import { randomUUID } from 'node:crypto';`, 'backend may not import node:crypto'],
  ['backend/backend.ts', `import { z } from 'zod';`, 'zod may be imported only in'],
  ['engine/a.ts', `import type { b } from '../http/b.ts';`, 'no arrow engine → http'],
  [
    'engine/engine-process/a.ts',
    `import { b } from '../../grammar/json-schema/b.ts';`,
    'no arrow engine/engine-process → grammar',
  ],
  ['engine/a.ts', `import { b } from '../grammar/b.ts';`, 'no arrow engine → grammar'],
  ['grammar/gbnf/a.ts', `import { b } from '../json-schema/b.ts';`, 'no arrow grammar/gbnf → grammar'],
  ['service/chat/chat.ts', `import { b } from '../../store/sqlite/b.ts';`, 'no arrow service → store/sqlite'],
  ['service/chat/chat.ts', `import { b } from '../../engine/b.ts';`, 'no arrow service → engine'],
  ['service/chat/chat.ts', `import { b } from '../../protocol/b.ts';`, 'no arrow service → protocol'],
  ['service/chat/chat.ts', `import { createServer } from 'node:http';`, 'service may not import node:http'],
  ['gateway/route.ts', `const b = await import('../engine/b.ts');`, 'no arrow gateway → engine'],
  ['gateway/route.ts', `type B = import('../engine/b.ts').B;`, 'no arrow gateway → engine'],
  ['http/a.ts', `export { b } from '../gateway/b.ts';`, 'no arrow http → gateway'],
  ['store/a.ts', `import { b } from './sqlite/b.ts';`, 'no arrow store → store/sqlite'],
  ['store/sql/a.ts', `import { b } from '../sqlite/b.ts';`, 'no arrow store/sql → store/sqlite'],
  ['cli/serve.ts', `import { b } from '../engine/b.ts';`, 'no arrow cli → engine'],
  ['cli/keys.ts', `import { b } from '../store/b.ts';`, 'no arrow cli → store'],
  ['protocol/a.ts', `import { readFileSync } from 'node:fs';`, 'protocol may not import node:fs'],
  ['grammar/a.ts', `import { readFile } from 'fs/promises';`, 'grammar may not import fs/promises'],
  ['service/a.ts', `let current = 0;`, 'module-level state current'],
  ['service/a.ts', `export const cache = new Map<string, number>();`, 'module-level state cache'],
  ['service/a.ts', `const seen: string[] = [];`, 'module-level state seen'],
  ['app.ts', `const port = process.env['PORT'];`, 'process.env outside of config'],
  ['app.ts', `import { env } from 'node:process';`, 'process.env outside of config'],
  ['service/a.ts', `export const failure = { statusCode: 429 };`, 'a service with statusCode'],
  ['http/a.ts', `export function f(b: B) { if (b.maxTokens > 3) b.fail(); }`, 'a decision about maxTokens'],
  ['http/a.ts', `export const f = (b: B) => (b.model === 'x' ? 1 : 2);`, 'a decision about model'],
  ['engine/engine-process/model.ts', `import 'node-llama-cpp';`, 'imports node-llama-cpp outside of'],
  ['engine/a.ts', `import type { Llama } from 'node-llama-cpp';`, 'imports node-llama-cpp outside of'],
  ['cli/doctor.test.ts', `import { getLlama } from 'node-llama-cpp';`, 'imports node-llama-cpp outside of'],
  ['engine/a.ts', `import { b } from './engine-process/b.ts';`, 'of the engine process'],
  ['app.ts', `import { b } from './engine/engine-process/b.ts';`, 'of the engine process'],
  ['service/a.ts', `import fastify from 'fastify';`, 'fastify may be imported only in http, app.ts'],
  [
    'app.ts',
    `import { Kysely } from 'kysely';`,
    'kysely may be imported only in store/sql, store/sqlite, store/postgres',
  ],
  ['http/a.ts', `import Database from 'libsql';`, 'libsql may be imported only in store/sqlite'],
  ['store/sqlite/a.ts', `import { Pool } from 'pg';`, 'pg may be imported only in store/postgres'],
  ['service/a.ts', `import { Command } from 'commander';`, 'commander may be imported only in cli, main.ts'],
  ['http/a.ts', `import { pino } from 'pino';`, 'pino may be imported only in telemetry'],
  [
    'service/a.ts',
    `import { z } from 'zod/v4';`,
    'zod may be imported only in protocol, config, catalog, http',
  ],
  ['service/a.ts', `import left from '@left/pad/deep';`, '@left/pad may be imported only in no room at all'],
  ['service/a.ts', `import { b } from '../../test/b.ts';`, 'from outside of src'],
  ['service/a.ts', `import { b } from './b.test.ts';`, 'imports the test'],
  ['service/a.ts', `export const f = (b: B) => b.max_tokens;`, 'the name max_tokens in snake_case'],
  ['http/a.ts', `export const f = ({ max_tokens: maxTokens }: B) => maxTokens;`, 'the name max_tokens'],
  ['engine/a.ts', `export const facts = { context_length: 1 };`, 'the name context_length'],
  ['service/index.ts', ``, 'a barrel file'],
  ['service/helpers/a.ts', ``, 'a name that says nothing'],
  ['service/string-utils.ts', ``, 'a name that says nothing'],
  ['plugins/a.ts', ``, 'no such room'],
  ['server.ts', ``, 'no such room'],
];

describe('each rule is found broken', () => {
  test.each(violations)('%s with %s', (path, text, expected) => {
    const found = findViolations([toSourceFacts(path, text)], houseRules);
    expect(found.filter((sentence) => sentence.includes(expected))).not.toEqual([]);
  });

  test('a cycle, of types too', () => {
    const files = [
      toSourceFacts('service/a.ts', `import { b } from './b.ts';`),
      toSourceFacts('service/b.ts', `import { c } from './c.ts';`),
      toSourceFacts('service/c.ts', `import type { a } from './a.ts';`),
    ];
    expect(findViolations(files, houseRules)).toEqual([
      'cycle: service/a.ts → service/b.ts → service/c.ts → service/a.ts',
    ]);
  });
});

test('what the rules allow is not found', () => {
  const files = [
    toSourceFacts('main.ts', `import { run } from './cli/run.ts'; import { Command } from 'commander';`),
    toSourceFacts(
      'cli/keys.ts',
      `import type { a } from '../service/a.ts'; import { type b } from '../service/b.ts';`,
    ),
    toSourceFacts('app.ts', `import { a } from './store/sqlite/a.ts'; import { b } from './engine/b.ts';`),
    toSourceFacts(
      'engine/supervisor.ts',
      `const entry = new URL('./engine-process/main.js', import.meta.url);`,
    ),
    toSourceFacts('engine/engine-process/model/binding.ts', `import { getLlama } from 'node-llama-cpp';`),
    toSourceFacts('config/read-environment.ts', `export const port = () => process.env['PORT'];`),
    toSourceFacts('http/limits.ts', `export const kinds = new Set(['a']); const model = 1; let_(model);`),
    toSourceFacts(
      'service/chat/chat.test.ts',
      `import { test } from 'vitest'; import '../../store/sqlite/a.ts'; let a = 1;`,
    ),
    toSourceFacts('main.test.ts', `import './main.ts';`),
    toSourceFacts('protocol/a.ts', `export const f = (b: B) => b.max_tokens;`),
    toSourceFacts('http/codes.ts', `export const code = 'model_not_found'; export const MAX_TRIES = 3;`),
  ];
  expect(findViolations(files, houseRules)).toEqual([]);
});
