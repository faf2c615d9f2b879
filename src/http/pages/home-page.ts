import { type Html, html } from './html.ts';

export interface HomePageOptions {
  readonly isReady: boolean;
  /** Names of the models; undefined where the reader may not know them. */
  readonly models: readonly string[] | undefined;
  /** Of this server as its reader sees it. */
  readonly serverUrl: string;
}

/** Where there is no console: what runs here, and where to go. Nothing is inline, so that its policy needs no exception. */
export function renderHomePage({ isReady, models, serverUrl }: HomePageOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gravix</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<main>
<h1>Gravix</h1>
<p>An OpenAI-compatible API with models on this machine. It is ${isReady ? 'ready' : 'not ready yet: no model is loaded'}.</p>
${models === undefined ? renderOutside() : renderInside(models)}
<h2>The API</h2>
<p>Use this base URL in clients of OpenAI's API, with a key of this server:</p>
<pre>${serverUrl}/v1</pre>
<p>The first key is on the server's machine, by default in the file <code>~/.gravix/key</code>.</p>
</main>
</body>
</html>
`.markup;
}

function renderInside(models: readonly string[]): Html {
  const names = models.map((name) => html`<li><code>${name}</code></li>\n`);
  return html`<ul>
<li><a href="/models">Models</a>: served models, and models to pull</li>
<li><a href="/docs">API reference</a>, with samples to copy</li>
<li><a href="/openapi.json">openapi.json</a>, the same for programs</li>
</ul>
<h2>Served here</h2>
${names.length === 0 ? html`<p>No model yet.</p>` : html`<ul>\n${names}</ul>`}`;
}

/** A browser does not send a key, so a link would only lead to an error. */
function renderOutside(): Html {
  return html`<h2>Pages</h2>
<p>The pages <code>/models</code> and <code>/docs</code> need a key on this server, which a browser does not send. Its operator opens them with
<code>GRAVIX_PAGES=open</code>. Or send a request with a key:</p>
<pre>curl -H "Authorization: Bearer KEY" SERVER_URL/v1/models</pre>`;
}

/** Light or dark as the system has it. */
export const homeStylesheet = `:root { color-scheme: light dark; --ink: #1e2022; --ground: #fafaf8; --sunken: #f0f0ec; --accent: #245ea8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e7e4; --ground: #151719; --sunken: #22262a; --accent: #8db8f2; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 40px 24px 80px; }
h1 { margin: 0; font-size: 32px; line-height: 1.2; }
h2 { margin: 32px 0 8px; font-size: 20px; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
pre { overflow-x: auto; padding: 12px; border-radius: 4px; background: var(--sunken); }
pre, code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 14px; }
li { overflow-wrap: anywhere; }
`;
