import { type Html, html } from '../pages/html.ts';
import type { DocsSite } from './docs-site.ts';
import { searchDocs, searchResultsMax } from './search-docs.ts';

/** What a search finds. The script of the pages shows this part of the page while somebody types. */
export function renderSearch(site: DocsSite, query: string): Html {
  const { results, count } = searchDocs(site, query);
  return html`<h1>Search</h1>
<p role="status" class="muted">${toSummary(query.trim(), count)}</p>
<ul class="docs-results">${results.map(
    ({ href, title, page, excerpt }) =>
      html`<li class="docs-result"><a href="${href}"><strong>${title}</strong>${page === title ? '' : html` <span class="muted">${page}</span>`}</a><p>${excerpt}</p></li>\n`,
  )}</ul>`;
}

function toSummary(query: string, count: number): string {
  if (query === '') return 'Write a word in the field at the top: a field, an error, a setting, an endpoint.';
  if (count === 0) return `Nothing has all words of “${query}”.`;
  const shown = count > searchResultsMax ? `, the first ${searchResultsMax} are shown` : '';
  return `${count} ${count === 1 ? 'place' : 'places'} for “${query}”${shown}.`;
}
