import { expect, test } from 'vitest';
import { searchDocs } from '../../src/http/docs/search-docs.ts';

const far = 'one two three '.repeat(20);

/** The excerpt of a search for "needle" in a text. */
function toExcerpt(text: string): string | undefined {
  const document = { openapi: '3.1.0', info: {}, paths: {}, tags: [], components: {} };
  const page = { path: '/docs/a', title: 'A', group: 'Guides', file: 'a.md', text } as const;
  const site = { document, groups: [], texts: [page] } as unknown as Parameters<typeof searchDocs>[0];
  return searchDocs(site, 'needle').results[0]?.excerpt;
}

test.each([
  ['a short text', 'the needle here', 'the needle here'],
  ['a word at the beginning', `needle ${far}`, /^needle one .* (one|two|three)…$/],
  ['a word in the middle', `${far}needle ${far}`, /^…(one|two|three) .* needle one .* (one|two|three)…$/],
  ['a word at the end', `${far}needle`, /^…(one|two|three) .* needle$/],
  ['a part of a long word', `${'x'.repeat(300)}needle${'y'.repeat(300)}`, /^…x{60}needley{114}…$/],
  ['a long word between others', `${far}${'x'.repeat(90)}needle ${far}`, /^…needle one .* (one|two|three)…$/],
])('the excerpt for %s has whole words where it can', (_, text, excerpt) => {
  expect(toExcerpt(text)).toMatch(excerpt);
});
