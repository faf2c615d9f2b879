import { afterAll, expect, it } from 'vitest';
import { toolArgumentBounds } from '../../src/grammar/fit-argument-bounds.ts';
import { compileJsonSchema } from '../../src/grammar/json-schema/compile-json-schema.ts';
import { compileLimitsDefault } from '../../src/grammar/json-schema/compile-run.ts';
import { openGrammarInspector } from './grammar-inspector.ts';

const inspector = openGrammarInspector({ environment: { PATH: '/usr/bin:/bin' } });
afterAll(() => inspector.close());

const { stringCharactersMax, nameCharactersMax, itemsMax, othersMax, levelsMax } = toolArgumentBounds;
const longest = 'a'.repeat(stringCharactersMax);
const nest = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
const list = (length: number, item: (index: number) => string) =>
  Array.from({ length }, (_, index) => item(index)).join(',');

it.each([
  ['no schema', undefined, ['{}', '{"a":1}'], ['[]', '1', '"a"', 'null']],
  [
    'a schema without a type',
    { properties: { a: { type: 'integer' } }, required: ['a'] },
    ['{"a":1}'],
    ['{}', '1', '[]'],
  ],
  [
    'a long string',
    { properties: { a: { type: 'string' } } },
    [`{"a":"${longest}"}`],
    [`{"a":"${longest}a"}`],
  ],
  [
    'a string with a longer bound of its own',
    { properties: { a: { type: 'string', maxLength: 500 } } },
    [`{"a":"${longest}aaa"}`],
    [],
  ],
  [
    'a pattern without end',
    { properties: { a: { type: 'string', pattern: '^x+$' } }, required: ['a'] },
    ['{"a":"xxx"}'],
    [`{"a":"${'x'.repeat(stringCharactersMax * 8)}"}`],
  ],
  [
    'a long list',
    { properties: { a: { items: { type: 'null' }, type: 'array' } } },
    [`{"a":[${list(itemsMax, () => 'null')}]}`],
    [`{"a":[${list(itemsMax + 1, () => 'null')}]}`],
  ],
  [
    'a list that must be longer',
    { properties: { a: { items: { type: 'null' }, type: 'array', minItems: itemsMax + 2 } } },
    [`{"a":[${list(itemsMax + 2, () => 'null')}]}`],
    [],
  ],
  [
    'other members',
    { properties: { a: { type: 'null' } }, additionalProperties: { type: 'integer' } },
    [`{${list(othersMax, (index) => `"b${index}":1`)}}`],
    [`{${list(othersMax + 2, (index) => `"b${index}":1`)}}`],
  ],
  [
    'a long name',
    { properties: { a: { type: 'null' } }, additionalProperties: true },
    [`{"${'b'.repeat(nameCharactersMax)}":1}`],
    [`{"${'b'.repeat(nameCharactersMax + 3)}":1}`, `{"a${'b'.repeat(nameCharactersMax + 3)}":1}`],
  ],
  [
    'a long name in a free object',
    { properties: { a: { type: 'object' } }, additionalProperties: false },
    [`{"a":{"${'b'.repeat(nameCharactersMax)}":1}}`],
    [`{"a":{"${'b'.repeat(nameCharactersMax + 1)}":1}}`],
  ],
  [
    'a long name of a pattern',
    { patternProperties: { '^x': { type: 'null' } }, additionalProperties: false },
    ['{"xy":null}'],
    [`{"${'x'.repeat(nameCharactersMax + 1)}":null}`],
  ],
  [
    'any value',
    { properties: { a: {} }, required: ['a'] },
    [`{"a":${nest(levelsMax)}}`],
    [`{"a":${nest(levelsMax + 1)}}`],
  ],
] as const)('%s', async (_name, parameters, accepted, refused) => {
  const texts = [...accepted, ...refused];
  const limits = { ...compileLimitsDefault, bounds: toolArgumentBounds, rootType: 'object' } as const;
  const { gbnf } = compileJsonSchema(parameters ?? {}, limits);
  const answers = await inspector.check(gbnf, texts);
  expect(texts.filter((_, index) => answers[index])).toEqual([...accepted]);
});
