import { expect, test } from 'vitest';
import { splitBlocks } from './split-blocks.ts';

function kinds(text: string) {
  return splitBlocks(text).map(({ text: piece, code }) =>
    code === undefined ? piece : { ...code, text: piece },
  );
}

test('paragraphs are cut at empty lines, and nothing is lost', () => {
  const text = '# Title\n\nOne\nline\n\n\nTwo\n';
  expect(kinds(text)).toEqual(['# Title\n\n', 'One\nline\n\n\n', 'Two\n']);
});

test('a list with indented paragraphs stays whole', () => {
  expect(kinds('- a\n\n  more\n\n- b')).toEqual(['- a\n\n  more\n\n', '- b']);
});

test('code is apart, with empty lines and other fences inside', () => {
  expect(kinds('Look:\n```js\na\n\n~~~\nb\n```\nEnd')).toEqual([
    'Look:\n',
    { language: 'js', isFirst: true, isLast: true, text: 'a\n\n~~~\nb\n' },
    'End',
  ]);
});

test('code without an end goes to the end', () => {
  expect(kinds('~~~\na')).toEqual([{ language: '', isFirst: true, isLast: true, text: 'a' }]);
});

test.each(['word '.repeat(2000), 'x'.repeat(10_000), `\`\`\`\n${'line\n'.repeat(3000)}\`\`\`\nEnd`])(
  'a long block is cut, and nothing is lost',
  (text) => {
    const blocks = splitBlocks(text);
    expect(blocks.length).toBeGreaterThan(2);
    expect(Math.max(...blocks.map((block) => block.text.length))).toBeLessThanOrEqual(3000);
    const joined = blocks.map((block) => block.text).join('');
    expect(joined.replace('End', '')).toBe(text.replaceAll('```\n', '').replace('End', ''));
  },
);

const samples = [
  'One\n\nTwo\n\n```js\nlet a;\n\nlet b;\n```\n\n- x\n\n  y\n- z\n\n> q\n\nEnd',
  `\`\`\`\n${'a line of code\n'.repeat(600)}\`\`\`\n\nText ${'word '.repeat(1500)}\n\nEnd`,
];

test.each(samples)('piece by piece it comes to the same blocks', (text) => {
  for (const length of [1, 7, 64, 997]) {
    let blocks = splitBlocks('');
    for (let end = length; end < text.length + length; end += length)
      blocks = splitBlocks(text.slice(0, end), blocks);
    expect(blocks).toEqual(splitBlocks(text));
  }
});
