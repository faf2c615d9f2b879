import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  toJavaScriptString,
  toJsonInShell,
  toPythonLiteral,
  toPythonString,
  toUrlPart,
} from './quote-in-sample.ts';

const model = 'hf:owner/repository/file.gguf';

test('an ordinary name looks as it is', () => {
  expect(toJsonInShell(model)).toBe(`"${model}"`);
  expect(toPythonString(model)).toBe(`"${model}"`);
  expect(toJavaScriptString(model)).toBe(`'${model}'`);
  expect(toUrlPart(model)).toBe(model);
});

test('JSON is written in the words of Python', () => {
  expect(toPythonLiteral({ a: [true, false, null, 1.5], 'b"': { c: 'null' } })).toBe(
    '{"a": [True, False, None, 1.5], "b\\"": {"c": "null"}}',
  );
});

test('JavaScript and an address give any text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(runInNewContext(toJavaScriptString(text))).toBe(text);
      expect(decodeURIComponent(toUrlPart(text))).toBe(text);
      expect(JSON.parse(toPythonString(text))).toBe(text);
    }),
  );
});

test.skipIf(process.platform === 'win32')('a shell gives hostile names back and runs nothing', () => {
  const names = [`'; echo no; '`, '$(echo no)', '`echo no`', `\\'"$HOME"`, "'\\''", 'a\nb'];
  const printed = execFileSync('sh', [
    '-c',
    names.map((name) => `printf '%s\\n' '${toJsonInShell(name)}'`).join('\n'),
  ]);
  expect(
    printed
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(names);
});
