import { toSearchWords } from '../pages/search-words.ts';
import { describeVariants } from './describe-fields.ts';
import type { DocText } from './doc-files.ts';
import type { DocsSite, SiteOperation } from './docs-site.ts';
import { toSlug } from './to-slug.ts';

/** Results that a search shows at most. */
export const searchResultsMax = 40;

export interface SearchResult {
  readonly href: string;
  readonly title: string;
  /** The page that it is on. */
  readonly page: string;
  /** Some text around the first word. */
  readonly excerpt: string;
}

interface SearchEntry extends Omit<SearchResult, 'excerpt'> {
  readonly text: string;
}

export interface SearchResults {
  readonly results: readonly SearchResult[];
  /** Also the ones that are not shown. */
  readonly count: number;
}

/** Sections of guides and operations that contain all words of the search, those with a word in the title first. */
export function searchDocs(site: DocsSite, query: string): SearchResults {
  const words = toSearchWords(query);
  if (words.length === 0) return { results: [], count: 0 };
  const found = listEntries(site).filter((entry) => {
    const text = `${entry.title} ${entry.page} ${entry.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const countInTitle = ({ title }: SearchEntry) =>
    words.filter((word) => title.toLowerCase().includes(word)).length;
  const sorted = found.toSorted((a, b) => countInTitle(b) - countInTitle(a));
  const results = sorted.slice(0, searchResultsMax).map(({ text, ...entry }) => ({
    ...entry,
    excerpt: toExcerpt(text, words),
  }));
  return { results, count: found.length };
}

function listEntries({ groups, texts, document }: DocsSite): SearchEntry[] {
  const schemas = document.components['schemas'] ?? {};
  return [
    ...groups.flatMap(({ path, title, operations }) =>
      operations.map((one) => ({
        href: `${path}#${one.operation.operationId}`,
        title: one.operation.summary,
        page: title,
        text: toOperationText(one, schemas),
      })),
    ),
    ...texts.flatMap(listSections),
  ];
}

/** Its address, its description, and the names and descriptions of what a request may have. */
function toOperationText(
  { method, path, operation }: SiteOperation,
  schemas: Parameters<typeof describeVariants>[0],
): string {
  const { description, parameters = [], requestBody } = operation;
  const schema = requestBody?.content['application/json']?.schema ?? {};
  const fields = describeVariants(schemas, schema).flatMap((variant) => variant.fields);
  return [
    `${method.toUpperCase()} ${path}`,
    description,
    ...[...parameters, ...fields].map((field) => `${field.name}: ${field.description}`),
  ].join(' · ');
}

/** A page by its headings. */
function listSections({ path, title, text }: DocText): SearchEntry[] {
  const [intro = '', ...rest] = text.split(/^(?=#{2,3} )/m);
  return [
    { href: path, title, page: title, text: intro },
    ...rest.map((section) => {
      const [, heading = title, body = ''] = /^#+ (.+)\n([\s\S]*)$/.exec(section) ?? [];
      return {
        href: `${path}#${toSlug(heading)}`,
        title: heading.replaceAll('`', ''),
        page: title,
        text: body,
      };
    }),
  ];
}

/** Characters of an excerpt before its word, and in all. */
const excerptCharacters = { before: 60, all: 180 };

function toExcerpt(text: string, words: readonly string[]): string {
  const plain = text
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[`*|#[\]]|-{3,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const places = words.map((word) => plain.toLowerCase().indexOf(word)).filter((at) => at >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const start = Math.min(first, toWordStart(plain, first - excerptCharacters.before));
  const piece = toWholeWords(plain.slice(start), excerptCharacters.all);
  return `${start > 0 ? '…' : ''}${piece}${start + piece.length < plain.length ? '…' : ''}`;
}

/** Where the first whole word from a place on begins. */
function toWordStart(text: string, from: number): number {
  if (from <= 0) return 0;
  const space = text.indexOf(' ', from - 1);
  return space < 0 ? from : space + 1;
}

/** The beginning of a text up to its last whole word. */
function toWholeWords(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const end = text.lastIndexOf(' ', charactersMax);
  return text.slice(0, end > 0 ? end : charactersMax);
}
