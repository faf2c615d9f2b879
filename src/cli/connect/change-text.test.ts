import { describe, expect, it } from 'vitest';
import { changeText } from './change-text.ts';
import { UnchangeableError } from './change-value.ts';
import type { FieldChange, FileFormat } from './client.ts';

const changes: readonly FieldChange[] = [
  { path: ['schema'], value: 'v1', isDefault: true },
  { path: ['model'], value: 'm:1' },
  { path: ['providers', 'gravix'], value: { name: 'Gravix', limit: { context: 8192 } } },
  { path: ['models'], itemKeys: ['id'], value: { id: 'm:1', size: 2 } },
];

/** A new list of tables in TOML is nothing that a client needs. */
const withoutLists = changes.filter(({ itemKeys }) => itemKeys === undefined);

describe('an empty file gets the changes and nothing else', () => {
  it.each<[FileFormat, string]>([
    [
      'json',
      `{
  "schema": "v1",
  "model": "m:1",
  "providers": {
    "gravix": {
      "name": "Gravix",
      "limit": {
        "context": 8192
      }
    }
  },
  "models": [
    {
      "id": "m:1",
      "size": 2
    }
  ]
}
`,
    ],
    [
      'yaml',
      `schema: v1
model: m:1
providers:
  gravix:
    name: Gravix
    limit:
      context: 8192
models:
  - id: m:1
    size: 2
`,
    ],
    [
      'toml',
      `schema = "v1"
model = "m:1"

[providers.gravix]
name = "Gravix"

[providers.gravix.limit]
context = 8192
`,
    ],
  ])('%s', (format, expected) => {
    const wanted = format === 'toml' ? withoutLists : changes;
    expect(changeText(format, '', wanted)).toBe(expected);
    expect(changeText(format, '\n', wanted).trim()).toBe(expected.trim());
  });
});

describe('comments, order and other fields stay', () => {
  it.each<[FileFormat, string, readonly string[]]>([
    [
      'json',
      '{\n\t// mine\n\t"schema": "v0", // old\n\t"model": "other",\n\t"providers": {"gravix": {"limit": {"output": 5}, "more": true}, "x": {}},\n\t"models": [{"id": "a"}, {"id": "m:1", "size": 1, "kept": 1}],\n}\n',
      [
        '// mine',
        '"schema": "v0", // old',
        '"output": 5',
        '"more": true',
        '"x": {}',
        '{"id": "a"}',
        '"kept": 1',
      ],
    ],
    [
      'yaml',
      '# mine\nschema: v0 # old\nmodel: other\nproviders:\n  # which\n  gravix: { limit: { output: 5 }, more: true }\n  x: &anchor { a: 1 }\n  y: *anchor\nmodels:\n  - id: a # first\n  - id: m:1\n    size: 1\n    kept: 1\n',
      [
        '# mine',
        'schema: v0 # old',
        '# which',
        'output: 5',
        'more: true',
        '&anchor',
        '*anchor',
        'id: a # first',
        'kept: 1',
      ],
    ],
    [
      'toml',
      '# mine\nschema = "v0" # old\nmodel = "other"\n\n[providers.gravix] # which\nmore = true\nlimit = { output = 5 }\n\n[providers.x]\na = 1979-05-27\nbig = 9007199254740993\n\n[[models]]\nid = "a"\n\n[[models]]\nid = "m:1"\nsize = 1\nkept = 1\n',
      [
        '# mine',
        'schema = "v0" # old',
        '# which',
        'output = 5',
        'more = true',
        'a = 1979-05-27',
        'big = 9007199254740993',
        'id = "a"',
        'kept = 1',
      ],
    ],
  ])('%s', (format, before, kept) => {
    const after = changeText(format, before, changes);
    for (const text of kept) expect(after).toContain(text);
    expect(after).toMatch(/context("?: |\s=\s)8192/);
    expect(after).toMatch(/model("?: | = )"?m:1/);
    expect(after.match(/size("?: | = )2/g)).toHaveLength(1);
    expect(after).not.toMatch(/size("?: | = )1\b/);
    // A second time changes nothing.
    expect(changeText(format, after, changes)).toBe(after);
  });
});

it.each<[FileFormat, string]>([
  ['json', '{\r\n    "a": 1\r\n}\r\n'],
  ['toml', 'a = 1\r\n[b]\r\nc = 2\r\n'],
])('%s: lines end as they did', (format, before) => {
  const after = changeText(format, before, withoutLists);
  expect(after.replaceAll('\r\n', '')).not.toContain('\n');
});

it('indents JSON as the file does', () => {
  expect(changeText('json', '{\n    "a": 1\n}\n', [{ path: ['b'], value: { c: 1 } }])).toBe(
    '{\n    "a": 1,\n    "b": {\n        "c": 1\n    }\n}\n',
  );
});

it('adds an item to a list that is the whole file', () => {
  const change: FieldChange = { path: [], itemKeys: ['id'], value: { id: 'b' } };
  expect(changeText('yaml', '- id: a # one\n', [change])).toBe('- id: a # one\n- id: b\n');
  expect(changeText('yaml', '# none yet\n', [change])).toContain('- id: b\n');
});

describe('a file that is not as expected is refused', () => {
  it.each<[FileFormat, string, RegExp]>([
    ['json', '{"a": ', /not valid JSON \(line 1: /],
    ['json', '{\n"a": 1 "b": 2}', /not valid JSON \(line 2: /],
    ['json', '[]', /its content is not an object/],
    ['json', '"text"', /its content is not an object/],
    ['json', '{"providers": []}', /its field providers is not an object/],
    ['json', '{"providers": {"gravix": "x"}}', /its field providers\.gravix is not an object/],
    [
      'json',
      '{"providers": {"gravix": {"limit": 3}}}',
      /its field providers\.gravix\.limit is not an object/,
    ],
    ['json', '{"model": {"a": 1}}', /its field model is not a value/],
    ['json', '{"models": {}}', /its field models is not a list/],
    ['yaml', 'a: [1', /not valid YAML/],
    ['yaml', 'a: 1\n---\nb: 2\n', /not valid YAML/],
    ['yaml', '- 1\n', /its content is not an object/],
    ['yaml', 'just a text\n', /its content is not an object/],
    ['yaml', 'models: 3\n', /its field models is not a list/],
    ['toml', 'a = \n', /not valid TOML \(line 1\)/],
    ['toml', 'providers = 3\n', /its field providers is not an object/],
    ['toml', 'a = 1\na = 2\n', /not valid TOML/],
  ])('%s %j', (format, text, message) => {
    const change = () => changeText(format, text, changes);
    expect(change).toThrow(UnchangeableError);
    expect(change).toThrow(message);
  });
});
