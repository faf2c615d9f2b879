import { expect, test } from 'vitest';
import { addDefinitions, findDefinitions } from './add-definitions.ts';
import { splitBlocks } from './split-blocks.ts';

function readBlocks(text: string): readonly string[] {
  const blocks = splitBlocks(text);
  const definitions = findDefinitions(blocks);
  return blocks.map((block) => addDefinitions(block.text, definitions).trim());
}

test('a block gets the addresses and notes that it refers to, and no others', () => {
  const text =
    'See [the site] and [a page][Two].\n\nA note[^1].\n\nNone.\n\n[the site]: https://one.example\n\n[two]: https://two.example\n[^1]: It goes\n    on.\n';
  expect(readBlocks(text)).toEqual([
    'See [the site] and [a page][Two].\n\n\n\n[the site]: https://one.example\n\n[two]: https://two.example',
    'A note[^1].\n\n\n\n[^1]: It goes\n    on.',
    'None.',
    '[the site]: https://one.example',
    '[two]: https://two.example\n[^1]: It goes\n    on.',
  ]);
});

test.each(['```\n[a]: https://a.example\n```\n\n[a]', 'A [list] of words', '- [ ] open', ''])(
  'nothing is added to %j',
  (text) => {
    const blocks = splitBlocks(text);
    expect(readBlocks(text)).toEqual(blocks.map((block) => block.text.trim()));
  },
);
