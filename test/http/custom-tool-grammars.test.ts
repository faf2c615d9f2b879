// The formats of custom tools, with the real compiler.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { matchesGrammar } from '../grammar/matches-grammar.ts';
import { readGbnf } from '../grammar/read-gbnf.ts';
import { callTools } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { input, sendTo, toJson } from './scripted-responses.ts';
import { startCompilingApp } from './start-compiling-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startCompilingApp({ models: { m: callTools(['t', '{"input":"ab"}']) } });
});

afterAll(() => app.close());

function ask(definition: string, more: object = {}, syntax = 'regex'): Promise<Response> {
  const format = { type: 'grammar', syntax, definition };
  return sendTo(app, '', input('m', { tools: [{ type: 'custom', name: 't', format }], ...more }));
}

test.each<[string, string[], string[]]>([
  [String.raw`[a-z]+\-\d{2}`, ['ab-12'], ['ab-1', 'ab-12\n', 'xab-12 ']],
  ['.+', ['a', 'a\rb', 'a\u2028b'], ['', 'a\nb']],
  [String.raw`[.]\.[^\].]`, ['..a'], ['.aa', 'a.a', '...', '..]']],
  ['a|bc', ['a', 'bc'], ['ac', 'abc', '']],
  [String.raw`^\{x\}$`, ['{x}'], ['x']],
  ['(?<year>[0-9]{4})', ['1999'], ['199', '19990']],
  ['a(?=b).*', ['ab', 'abc'], ['ac']],
  ['(.+\n)+', ['a\nb\n'], ['a', '\n']],
])('the expression %j is the whole input', async (definition, good, bad) => {
  await expectHeld(definition, 'regex', good, bad);
});

test('a Lark grammar without recursion is the whole input', async () => {
  const grammar =
    'start: "begin" LF line+ "end" LF?\nline: ("+" | "-") /(.*)/ LF -> changed\n%import common.LF';
  await expectHeld(
    grammar,
    'lark',
    ['begin\n+a\n-\nend', 'begin\n- x\nend\n'],
    ['begin\nend', 'begin\na\nend', ''],
  );
  expect(app.backend('m').requests.at(-1)?.toolUse?.tools[0]?.description).toContain(grammar);
});

async function expectHeld(
  definition: string,
  syntax: string,
  good: readonly string[],
  bad: readonly string[],
): Promise<void> {
  for (const more of [{}, { tool_choice: 'required' }]) {
    const answer = await ask(definition, more, syntax);
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBeNull();
    expect(answer.headers.get('x-structured-unenforced')).toBeNull();
    const grammars = app.backend('m').requests.at(-1)?.toolUse?.tools[0]?.argumentsGrammars ?? [];
    const gbnf = grammars.flatMap((grammar) => (grammar.kind === 'object' ? [grammar.gbnf] : []))[0];
    expect(gbnf).toBeDefined();
    const accepts = (text: string) => matchesGrammar(readGbnf(gbnf ?? ''), JSON.stringify({ input: text }));
    for (const text of good) expect(accepts(text), text).toBe(true);
    for (const text of bad) expect(accepts(text), text).toBe(false);
  }
}

test('an expression that is not regular is named, and the call goes on', async () => {
  const answer = await ask(String.raw`(a+)\1`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-structured-unenforced')).toBe('tools[0].format');
  expect((await toJson(answer)).output).toMatchObject([{ type: 'custom_tool_call', input: 'ab' }]);
});
