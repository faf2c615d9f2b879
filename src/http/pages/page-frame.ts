import { type Html, html } from './html.ts';
import type { PageAssets } from './page-assets.ts';

export interface PageFrame {
  readonly title: string;
  readonly assets: PageAssets;
  /** The address in the navigation that this page is below. */
  readonly place: '/docs' | '/models' | undefined;
  /** Whether / is the console. */
  readonly hasConsole: boolean;
  /** The reader may not open the other pages: they need a key. */
  readonly isOutside?: boolean;
  /** For a body that is laid out in a way of its own. */
  readonly className: string;
  readonly content: Html;
  /** Beside the navigation at the top. */
  readonly tools?: Html;
}

/** A whole page: what it loads, the bar at its top, and its content. Nothing is inline, as the policy requires. */
export function renderPageFrame(frame: PageFrame): Html {
  const { title, assets, place, hasConsole, isOutside = false, className, content, tools } = frame;
  const toLink = (address: string, name: string) =>
    html`<a href="${address}"${place === address ? html` aria-current="page"` : ''}>${name}</a>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title === '' ? 'Gravix' : `${title} · Gravix`}</title>
<link rel="icon" href="${assets.styles.length > 0 ? '/console/favicon.svg' : 'data:,'}">
${assets.fonts.map((path) => html`<link rel="preload" href="${path}" as="font" type="font/woff2" crossorigin>\n`)}${assets.styles.map((path) => html`<link rel="stylesheet" href="${path}">\n`)}${assets.scripts.map((path) => html`<script type="module" src="${path}"></script>\n`)}</head>
<body class="${className}">
<a class="skip-link" href="#content">Skip to the content</a>
<header class="top">
<a class="brand" href="/">${logo}<span>Gravix</span></a>
${isOutside ? '' : html`<nav class="top-pages" aria-label="Pages">${hasConsole ? toLink('/', 'Console') : ''}${toLink('/models', 'Models')}${toLink('/docs', 'Docs')}</nav>`}
${tools}</header>
${content}
</body>
</html>
`;
}

/** The one of the console. */
const logo = html`<svg viewBox="0 0 32 32" width="26" height="26" fill="none" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b6b5d"/><path d="M22.6 11.2A8 8 0 1 0 24 16h-7" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/><circle cx="22.9" cy="8.4" r="2" fill="#ffce6b"/></svg>`;
