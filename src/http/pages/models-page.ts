import type { ModelView } from '../../protocol/openai/models/model-view.ts';
import {
  filterCapabilities,
  filterKinds,
  type ModelsFilter,
  searchCharactersMax,
} from '../../protocol/openai/models/models-query.ts';
import type { PullableFamily } from '../../service/models/pullable-models.ts';
import { type Html, html } from './html.ts';
import { isEverything, isShown } from './models-filter.ts';
import { renderPullableFamily, toPullableRows } from './pullable-family.ts';
import { renderServedModel, toServedSearchable } from './served-model.ts';

/** As many families are unfolded when a filter has found no more. */
export const openFamiliesMax = 3;

export interface ModelsPageOptions {
  readonly served: readonly ModelView[];
  readonly families: readonly PullableFamily[];
  readonly filter: ModelsFilter;
  /** By which people start this program on the server's machine. */
  readonly commandName: string;
  /** Of this server as its reader sees it. */
  readonly serverUrl: string;
}

/**
 * The Models page. It contains every model and hides the ones that don't match the filter, so the script can
 * show them without a request. It has nothing inline, so its policy needs no exception.
 */
export function renderModelsPage(options: ModelsPageOptions): string {
  const { served, families, filter, commandName, serverUrl } = options;
  // An alias stands with its model, unless that is not shown itself.
  const models = served.filter(({ aliasOf }) => !served.some(({ id }) => id === aliasOf));
  const shownServed = models.filter((model) => isShown(filter, toServedSearchable(model)));
  const pullable = families.map((family) => ({ family, rows: toPullableRows(family, filter) }));
  const shownCounts = pullable.map(({ rows }) => rows.filter(({ isHidden }) => !isHidden).length);
  const counts = {
    served: shownServed.length,
    pullable: shownCounts.reduce((sum, count) => sum + count, 0),
  };
  const isFiltered = !isEverything(filter);
  const isOpen = isFiltered && shownCounts.filter((count) => count > 0).length <= openFamiliesMax;
  const cards = models.map((model) =>
    renderServedModel({
      model,
      serverUrl,
      isHidden: !shownServed.includes(model),
      isOpen: model === models[0] && models.length === 1,
    }),
  );
  const tables = pullable.map((family) => renderPullableFamily({ ...family, isOpen, commandName }));
  return renderDocument(html`${renderForm(filter)}
<p id="result" role="status"><span data-count="served">${counts.served}</span> served here, <span data-count="pullable">${counts.pullable}</span> ready to pull</p>
<p id="nothing"${counts.served + counts.pullable > 0 ? html` hidden` : ''}>No model matches. <a href="/models">Show all</a></p>
<section id="served" aria-labelledby="served-title"${isFiltered && counts.served === 0 ? html` hidden` : ''}>
<h2 id="served-title">Served here</h2>
${cards.length === 0 ? html`<p>No model yet. Pull one of the models below to serve it.</p>` : cards}
</section>
<section id="pullable" aria-labelledby="pullable-title"${isFiltered && counts.pullable === 0 ? html` hidden` : ''}>
<h2 id="pullable-title">Ready to pull</h2>
<p class="note">Run the command on the server's machine${commandName === 'gravix' ? '' : ', in the folder of the clone'}. The model is served when the pull is done. Sizes marked ≈ are estimates from the name; small models are often larger. You can also pull models from Hugging Face, Ollama's registry, URLs and files: <code>${commandName} pull --help</code>.</p>
${tables}
</section>`);
}

function renderForm({ q, capability, show }: ModelsFilter): Html {
  const options = (names: Readonly<Record<string, string>>, chosen: string) =>
    Object.entries(names).map(
      ([value, name]) =>
        html`<option value="${value}"${value === chosen ? html` selected` : ''}>${name}</option>`,
    );
  return html`<search><form id="filter" action="/models" method="get">
<p class="wide"><label for="q">Search</label><input id="q" name="q" type="search" value="${q}" maxlength="${searchCharactersMax}" placeholder="Name, size, licence…" autocomplete="off"></p>
<p><label for="capability">Capability</label><select id="capability" name="capability"><option value="">Any</option>${options(filterCapabilities, capability)}</select></p>
<p><label for="show">Show</label><select id="show" name="show"><option value="">All models</option>${options(filterKinds, show)}</select></p>
<p class="apply"><button type="submit">Apply</button></p>
</form></search>`;
}

function renderDocument(content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Models · Gravix</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/models/page.css">
<script src="/models/page.js" defer></script>
</head>
<body>
<a class="skip" href="#models">Skip to the models</a>
<header class="top"><h1>Models</h1><nav aria-label="Pages"><a href="/models" aria-current="page">Models</a> <a href="/docs">API reference</a></nav></header>
<main id="models">
${content}
</main>
</body>
</html>
`.markup;
}
