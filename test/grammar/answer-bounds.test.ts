// Bounds of answers with a form, against llama.cpp's own grammar.
import { afterAll, expect, it } from 'vitest';
import { compileOutputFormat } from '../../src/grammar/compile-output-format.ts';
import { compileLimitsDefault } from '../../src/grammar/json-schema/compile-run.ts';
import { toAnswerBounds, toAnswerStringCharactersMax } from '../../src/grammar/to-answer-bounds.ts';
import { openGrammarInspector } from './grammar-inspector.ts';

const inspector = openGrammarInspector({ environment: { PATH: '/usr/bin:/bin' } });
afterAll(() => inspector.close());

const string = { type: 'string' };
const long = (length: number) => JSON.stringify('x'.repeat(length));
const list = JSON.stringify(Array.from({ length: 100 }, () => 'x'));
const deep = `${'[{"a":'.repeat(20)}1${'}]'.repeat(20)}`;

it.each<readonly [string, unknown, readonly string[], readonly string[]]>([
  ['a string', string, [long(700)], [long(721)]],
  ['a string that must be long', { ...string, minLength: 900 }, [long(900)], [long(899)]],
  ['a string of a length of its own', { ...string, maxLength: 3_000 }, [long(3_000)], [long(3_001)]],
  ['a pattern', { ...string, pattern: '^x*$' }, [long(3_000)], ['"y"']],
  ['items of a list', { type: 'array', items: string }, [list, `[${long(700)}]`], [`[${long(721)}]`]],
  ['any value', {}, [list, deep, '{"a":{"b":[{}]}}', '[]', `{"a":${long(700)}}`], [`{"a":${long(721)}}`]],
  [
    'other members',
    { type: 'object', properties: { a: string }, additionalProperties: string },
    [`{"a":"b",${Array.from({ length: 100 }, (_, index) => `"m${index}":"x"`).join(',')}}`],
    [`{"b":${long(721)}}`],
  ],
])('%s', async (_name, schema, accepted, refused) => {
  const format = { kind: 'json-schema', name: 'x', description: undefined, schema, strict: true } as const;
  const limits = { ...compileLimitsDefault, bounds: toAnswerBounds(720) };
  const texts = [...accepted, ...refused];
  const answers = await inspector.check(compileOutputFormat(format, limits).gbnf, texts);
  expect(texts.filter((_, index) => answers[index])).toEqual([...accepted]);
});

it('strings grow with the context, and have no bound where the client sets one for the answer', () => {
  expect(
    [undefined, 2_048, 8_192, 32_768].map((context) => toAnswerStringCharactersMax(undefined, context)),
  ).toEqual([720, 720, 2_880, 11_520]);
  expect([16, 2_400].map((tokens) => toAnswerStringCharactersMax(tokens, 8_192))).toEqual([
    undefined,
    undefined,
  ]);
});
