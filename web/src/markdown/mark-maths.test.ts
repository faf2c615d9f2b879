import { expect, test } from 'vitest';
import { markMaths } from './mark-maths.ts';

test.each([
  ['a \\(x+1\\) b', 'a $$x+1$$ b'],
  ['a $x+1$ b', 'a $$x+1$$ b'],
  ['\\[ x^2 \\]', '\n$$\nx^2\n$$\n'],
  ['$$x$$', '\n$$\nx\n$$\n'],
  ['- a\n  $$x$$ \nb', '- a\n\n  $$\n  x\n  $$\n\nb'],
  ['a $$x$$ b', 'a $$x$$ b'],
  ['$$\nx\n$$', '$$\nx\n$$'],
  ['$$x$$ and $$y$$', '$$x$$ and $$y$$'],
  ['$2^n$', '$$2^n$$'],
  ['costs $5 and $10', 'costs $5 and $10'],
  ['from $5 to $x', 'from $5 to $x'],
  ['`$x$` and `\\(y\\)`', '`$x$` and `\\(y\\)`'],
  ['nothing', 'nothing'],
])('%s', (text, expected) => {
  expect(markMaths(text)).toBe(expected);
});
