import { type Html, html } from './html.ts';
import type { PageAssets } from './page-assets.ts';
import { renderPageFrame } from './page-frame.ts';

export interface ClosedPageOptions {
  /** Of the page, or of the pages that it is one of. */
  readonly path: string;
  /** Of this server as its reader sees it. */
  readonly serverUrl: string;
  readonly hasConsole: boolean;
  readonly assets: PageAssets;
}

/** For a browser, in place of a page that needs a key: how to read it nevertheless, and who can open it. */
export function renderClosedPage({ path, serverUrl, hasConsole, assets }: ClosedPageOptions): Html {
  const consoleAdvice = html`<p>The <a href="/">console</a> takes it, and shows the models that you may use and a chat with them.</p>\n`;
  const content = html`<main id="content" class="page" tabindex="-1">
<header class="page-heading"><h1>This page needs a key</h1>
<p class="page-description">A browser sends none when it opens an address, so <code>${path}</code> can't be read in it.</p></header>
<section class="doc-prose"><h2>If you have a key</h2>
${hasConsole ? consoleAdvice : ''}<p>A program can read this page with it:</p>
<div class="code-block"><pre class="code-block-text" tabindex="0">curl -H "Authorization: Bearer KEY" ${serverUrl}${path}</pre></div></section>
<section class="doc-prose"><h2>If you run this server</h2>
<p>Set <code>GRAVIX_PAGES=open</code>, or <code>pages: open</code> in <code>config.yaml</code>, and start it again. Then everyone who
reaches it can read <code>/models</code>, <code>/docs</code> and <code>/openapi.json</code>. The first key is on its machine, by
default in the file <code>~/.gravix/key</code>.</p></section>
</main>`;
  return renderPageFrame({
    title: 'This page needs a key',
    assets,
    place: undefined,
    hasConsole,
    isOutside: true,
    className: 'home-body',
    content,
  });
}
