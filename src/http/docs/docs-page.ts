import { searchCharactersMax } from '../../protocol/openai/models/models-query.ts';
import { type Html, html } from '../pages/html.ts';
import type { PageAssets } from '../pages/page-assets.ts';
import { renderPageFrame } from '../pages/page-frame.ts';
import type { DocText } from './doc-files.ts';
import { toDocLink } from './doc-links.ts';
import type { DocsSite, OperationGroup } from './docs-site.ts';
import { createMarkdownRenderer } from './render-markdown.ts';
import { renderNavigation } from './render-navigation.ts';
import { type OperationRendering, renderOperation } from './render-operation.ts';
import { renderOverview } from './render-overview.ts';
import { renderSearch } from './render-search.ts';

export interface DocsPageOptions {
  readonly site: DocsSite;
  /** Such as `/docs/guides/chat`. */
  readonly path: string;
  /** The words that are searched. */
  readonly query: string;
  readonly assets: PageAssets;
  readonly hasConsole: boolean;
  readonly serverUrl: string;
}

export interface DocsPage {
  readonly page: Html;
  readonly isFound: boolean;
}

/** Any page below /docs, as its address says. */
export function renderDocsPage(options: DocsPageOptions): DocsPage {
  const { site, path, query, assets, hasConsole } = options;
  const found = findContent(options);
  const { title, content } = found ?? unknownPage;
  const page = renderPageFrame({
    title,
    assets,
    hasConsole,
    place: '/docs',
    className: 'docs-body',
    tools: renderSearchForm(query),
    content: html`<div class="docs">${renderNavigation(site, path)}<main id="content" class="docs-main" tabindex="-1">${content}</main></div>`,
  });
  return { page, isFound: found !== undefined };
}

interface DocsContent {
  readonly title: string;
  readonly content: Html;
}

const unknownPage: DocsContent = {
  title: 'No such page',
  content: html`<h1>There is no such page</h1><p>The documentation has no page at this address. <a href="/docs">Overview</a></p>`,
};

function findContent({ site, path, query, serverUrl }: DocsPageOptions): DocsContent | undefined {
  const rendering: OperationRendering = {
    ...createMarkdownRenderer({ serverUrl, toLink: (href) => toDocLink(href, 'README.md') }),
    schemas: site.document.components['schemas'] ?? {},
  };
  if (path === '/docs') return { title: 'Docs', content: renderOverview(site, rendering) };
  if (path === '/docs/search') return { title: 'Search', content: renderSearch(site, query) };
  const group = site.groups.find((one) => one.path === path);
  if (group !== undefined) return { title: group.title, content: renderGroup(group, rendering) };
  const text = site.texts.find((one) => one.path === path);
  return text === undefined ? undefined : { title: text.title, content: renderText(text, serverUrl) };
}

function renderGroup(
  { title, description, operations }: OperationGroup,
  rendering: OperationRendering,
): Html {
  return html`<header class="docs-head"><h1>${title}</h1><p class="muted">${rendering.toText(description)} Under <code>/v1/inference</code> and under <code>/v1</code>.</p></header>
${operations.map((operation) => renderOperation(operation, rendering))}`;
}

function renderText({ title, text, file }: DocText, serverUrl: string): Html {
  const { toProse } = createMarkdownRenderer({ serverUrl, toLink: (href) => toDocLink(href, file) });
  return html`<article class="doc-prose doc-text"><h1>${title}</h1>${toProse(text)}</article>`;
}

function renderSearchForm(query: string): Html {
  return html`<search class="docs-search"><form action="/docs/search" method="get"><input class="input" type="search" name="q" value="${query}" maxlength="${searchCharactersMax}" aria-label="Search the documentation" placeholder="Search" autocomplete="off"></form></search>`;
}
