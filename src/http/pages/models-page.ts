import {
  filterCapabilities,
  filterKinds,
  type ModelsFilter,
  modelOrders,
  searchCharactersMax,
} from '../../protocol/openai/models/models-query.ts';
import type { PullableFamily } from '../../service/models/pullable-models.ts';
import { type Html, html } from './html.ts';
import { isEverything, isShown, sortModels } from './models-filter.ts';
import type { PageAssets } from './page-assets.ts';
import { renderPageFrame } from './page-frame.ts';
import { renderPullableFamily, toPullableFamilies } from './pullable-family.ts';
import { renderServedModel, type ShownModel, toServedSearchable } from './served-model.ts';

/** As many families are unfolded when a filter has found no more. */
export const openFamiliesMax = 3;

export interface ModelsPageOptions {
  readonly served: readonly ShownModel[];
  readonly families: readonly PullableFamily[];
  readonly filter: ModelsFilter;
  /** By which people start this program on the server's machine. */
  readonly commandName: string;
  /** Of this server as its reader sees it. */
  readonly serverUrl: string;
  readonly assets: PageAssets;
  /** Where a button to pull a model leads. */
  readonly hasConsole: boolean;
}

/**
 * The Models page. It contains every model and hides the ones that don't match the filter, so the script can
 * show them without a request.
 */
export function renderModelsPage(options: ModelsPageOptions): Html {
  const { served, filter, serverUrl, assets, hasConsole } = options;
  // An alias stands with its model, unless that is not shown itself.
  const targets = served.filter(({ view }) => !served.some((other) => other.view.id === view.aliasOf));
  const models = sortModels(targets, filter.sort, ({ view }) => ({
    name: view.id,
    sizeBytes: view.sizeBytes ?? undefined,
  }));
  const shownServed = models.filter(({ view }) => isShown(filter, toServedSearchable(view)));
  const pullable = toPullableFamilies(options.families, filter);
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
  const content = html`<main id="content" class="page" tabindex="-1">
<header class="page-heading"><h1>Models</h1><p class="page-description">What this server serves, and what it can pull.</p></header>
${renderForm(filter)}
<p id="result" role="status"><span data-count="served">${counts.served}</span> served here, <span data-count="pullable">${counts.pullable}</span> ready to pull</p>
<p id="nothing"${counts.served + counts.pullable > 0 ? html` hidden` : ''}>No model matches. <a href="/models">Show all</a></p>
<section id="served" aria-labelledby="served-title"${isFiltered && counts.served === 0 ? html` hidden` : ''}>
<h2 id="served-title">Served here</h2>
${cards.length === 0 ? html`<p class="muted">No model yet. Pull one of the models below to serve it.</p>` : cards}
</section>
<section id="pullable" aria-labelledby="pullable-title"${isFiltered && counts.pullable === 0 ? html` hidden` : ''}>
<h2 id="pullable-title">Ready to pull</h2>
${renderHowToPull(options)}
${pullable.map((family) => renderPullableFamily({ ...family, isOpen, ...options }))}
</section>
</main>`;
  return renderPageFrame({
    title: 'Models',
    assets,
    hasConsole,
    place: '/models',
    className: 'models-body',
    content,
  });
}

function renderHowToPull({ commandName, hasConsole }: ModelsPageOptions): Html {
  const place = commandName === 'gravix' ? '' : ', in the folder of the clone';
  const button = hasConsole
    ? html`“Pull” opens the console, which needs a key with the scope <code>admin</code>. Or run`
    : 'Run';
  return html`<p class="note">${button} the command on the server's machine${place}. The model is served when the pull is done. Sizes marked ≈ are estimates from the name; small models are often larger. “Fits here” compares with the memory that models may have on this machine. You can also pull models from Hugging Face, Ollama's registry, URLs and files: <code>${commandName} pull --help</code>.</p>`;
}

function renderForm({ q, capability, show, sort }: ModelsFilter): Html {
  return html`<search><form id="filter" action="/models" method="get">
<p class="field wide"><label class="field-label" for="q">Search</label><input class="input" id="q" name="q" type="search" value="${q}" maxlength="${searchCharactersMax}" placeholder="Name, size, licence…" autocomplete="off"></p>
${renderSelect('capability', 'Capability', { '': 'Any', ...filterCapabilities }, capability)}
${renderSelect('show', 'Show', { '': 'All models', ...filterKinds }, show)}
${renderSelect('sort', 'Sort', { '': 'Chat first', ...modelOrders }, sort)}
<p class="apply"><button class="button button-plain" type="submit">Apply</button></p>
</form></search>`;
}

function renderSelect(
  name: keyof ModelsFilter,
  label: string,
  names: Readonly<Record<string, string>>,
  chosen: string,
): Html {
  const options = Object.entries(names).map(
    ([value, title]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${title}</option>`,
  );
  return html`<p class="field"><label class="field-label" for="${name}">${label}</label><select class="input" id="${name}" name="${name}">${options}</select></p>`;
}
