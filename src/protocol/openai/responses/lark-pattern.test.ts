import { expect, test } from 'vitest';
import { toLarkPattern } from './lark-pattern.ts';

/** Of Codex's tool `apply_patch`. */
const patchGrammar = `start: begin_patch hunk+ end_patch
begin_patch: "*** Begin Patch" LF
end_patch: "*** End Patch" LF?

hunk: add_hunk | delete_hunk | update_hunk
add_hunk: "*** Add File: " filename LF add_line+
delete_hunk: "*** Delete File: " filename LF
update_hunk: "*** Update File: " filename LF change_move? change?

filename: /(.+)/
add_line: "+" /(.*)/ LF -> line

change_move: "*** Move to: " filename LF
change: (change_context | change_line)+ eof_line?
change_context: ("@@" | "@@ " /(.+)/) LF
change_line: ("+" | "-" | " ") /(.*)/ LF
eof_line: "*** End of File" LF

%import common.LF
`;

function toTest(grammar: string): RegExp {
  return new RegExp(`^(?:${toLarkPattern(grammar, 10_000)})$`, 'u');
}

test.each<[string, string[], string[]]>([
  [
    patchGrammar,
    [
      '*** Begin Patch\n*** Add File: a.txt\n+Hi\n*** End Patch',
      '*** Begin Patch\n*** Update File: a\n*** Move to: b\n@@ f\n-x\n+y\n z\n*** End of File\n*** End Patch\n',
      '*** Begin Patch\n*** Delete File: a\n*** Delete File: b\n*** End Patch\n',
    ],
    [
      '*** Begin Patch\n*** End Patch',
      '*** Begin Patch\n*** Add File: \n+Hi\n*** End Patch',
      '*** Begin Patch\n*** Add File: a.txt\nHi\n*** End Patch',
      'Here is the patch:\n*** Begin Patch\n*** Delete File: a\n*** End Patch',
    ],
  ],
  ['start: "a" | "b" c\nc: "."', ['a', 'b.'], ['b', 'bc', 'ba', 'ab.']],
  [
    'start: [SIGN] DIGITS\nSIGN: "+" | "-"\nDIGITS.2: "0".."9" ~ 2..3',
    ['12', '-123', '+00'],
    ['1', '1234', '--12'],
  ],
  [
    '?start: item ("," item)*\n  // more\nitem: /[a-c]/\n    | "(" /[x-z]/ ")" -> group',
    ['a', 'a,(x),b'],
    ['', 'a,', 'x'],
  ],
  ['start: "a"~2 "\\n"', ['aa\n'], ['a\n', 'aaa\n']],
  [
    '%import common.INT\n%import common.WS_INLINE\nstart: INT (WS_INLINE INT)*',
    ['1', '1 22'],
    ['', 'a', '1 '],
  ],
])('the texts of %j', (grammar, good, bad) => {
  const pattern = toTest(grammar);
  for (const text of good) expect(pattern.test(text), text).toBe(true);
  for (const text of bad) expect(pattern.test(text), text).toBe(false);
});

test.each([
  ['recursion', 'start: "(" start ")" | "a"'],
  ['recursion through another rule', 'start: a\na: "x" b?\nb: a'],
  ['spaces that are left out', 'start: "a" "b"\n%ignore " "'],
  ['a rule that is missing', 'start: a'],
  ['no start', 'a: "b"'],
  ['a name that has two rules', 'start: "a"\nstart: "b"'],
  ['a flag', 'start: "a"i'],
  ['a flag of an expression', 'start: /a/i'],
  ['a template', 'start: _list{"a"}\n_list{x}: x+'],
  ['another import', 'start: ESCAPED_STRING\n%import common.ESCAPED_STRING'],
  ['another module', 'start: "a"\n%import .grammar.b'],
  ['a character that nothing begins with', 'start: $'],
  ['an escape of Python', 'start: "\\x41"'],
  [
    'rules that are too deep',
    `start: a0\n${Array.from({ length: 500 }, (_, at) => `a${at}: a${at + 1}`).join('\n')}\na500: "x"`,
  ],
  ['brackets that do not match', 'start: "a" ) | ( "b"'],
  ['brackets of two kinds', 'start: [ "a" )'],
  ['an open bracket', 'start: ( "a"'],
  ['half of an expression', 'start: /(/ "a" /)/'],
  ['a grammar that is long itself', `start: "a"${'\n'.repeat(10_000)}`],
  ['more than fits', `start: a a\na: b b\nb: "${'c'.repeat(3_000)}"`],
  [
    'more than fits, of many small rules',
    `start: a0\n${Array.from({ length: 40 }, (_, at) => `a${at}: a${at + 1} a${at + 1}`).join('\n')}\na40: "x"`,
  ],
])('nothing for %s', (_, grammar) => {
  expect(toLarkPattern(grammar, 10_000)).toBeUndefined();
});
