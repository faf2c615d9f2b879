import { type Html, html } from './html.ts';
import type { PageAssets } from './page-assets.ts';
import { renderPageFrame } from './page-frame.ts';

export interface HomePageOptions {
  readonly isReady: boolean;
  /** Names of the models; undefined where the reader may not know them. */
  readonly models: readonly string[] | undefined;
  /** Of this server as its reader sees it. */
  readonly serverUrl: string;
  readonly assets: PageAssets;
}

/** Where there is no console: what runs here, and where to go. */
export function renderHomePage({ isReady, models, serverUrl, assets }: HomePageOptions): Html {
  const content = html`<main id="content" class="page" tabindex="-1">
<header class="page-heading"><h1>Gravix</h1>
<p class="page-description">An OpenAI-compatible API with models on this machine. It is ${isReady ? 'ready' : 'not ready yet: no model is loaded'}.</p></header>
${models === undefined ? renderOutside(serverUrl) : renderInside(models)}
<section class="doc-prose"><h2>The API</h2>
<p>Use this base URL in clients of OpenAI's API, with a key of this server:</p>
<div class="code-block"><pre class="code-block-text" tabindex="0">${serverUrl}/v1</pre></div>
<p>The first key is on the server's machine, by default in the file <code>~/.gravix/key</code>.</p></section>
</main>`;
  return renderPageFrame({
    title: '',
    assets,
    place: undefined,
    hasConsole: false,
    isOutside: models === undefined,
    className: 'home-body',
    content,
  });
}

function renderInside(models: readonly string[]): Html {
  const names = models.map((name) => html`<li><code>${name}</code></li>\n`);
  return html`<section class="doc-prose"><ul>
<li><a href="/models">Models</a>: served models, and models to pull</li>
<li><a href="/docs">Docs</a>: guides, and the API with samples to copy</li>
<li><a href="/openapi.json">openapi.json</a>, the API for programs</li>
</ul>
<h2>Served here</h2>
${names.length === 0 ? html`<p>No model yet.</p>` : html`<ul>\n${names}</ul>`}</section>`;
}

/** A browser does not send a key, so a link would only lead to an error. */
function renderOutside(serverUrl: string): Html {
  return html`<section class="doc-prose"><h2>Pages</h2>
<p>The pages <code>/models</code> and <code>/docs</code> need a key on this server, which a browser does not send. Its operator opens them with
<code>GRAVIX_PAGES=open</code>. Or send a request with a key:</p>
<div class="code-block"><pre class="code-block-text" tabindex="0">curl -H "Authorization: Bearer KEY" ${serverUrl}/v1/models</pre></div></section>`;
}
