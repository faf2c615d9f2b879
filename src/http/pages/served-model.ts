import { capabilityTitles, type ModelView } from '../../protocol/openai/models/model-view.ts';
import type { ModelFit } from '../../service/models/model-inventory.ts';
import { createChatCompletionOperation } from '../openapi/chat-operation.ts';
import type { CodeSamples } from '../openapi/operation.ts';
import { createCompletionOperation, createEmbeddingOperation } from '../openapi/text-operations.ts';
import { formatBytes, formatBytesRoughly, formatCount, formatParameterCount } from './format-quantity.ts';
import { type Html, html } from './html.ts';
import { type Searchable, toSearchText } from './models-filter.ts';

const stateNames: Readonly<Record<ModelView['state'], string>> = {
  ready: 'Ready',
  loading: 'Loading',
  unloaded: 'Loads with its next request',
  unloading: 'Unloading',
  failed: 'Failed to load',
};

const stateLooks: Readonly<Record<ModelView['state'], string>> = {
  ready: 'badge-ok',
  loading: 'badge-warn',
  unloaded: '',
  unloading: 'badge-warn',
  failed: 'badge-danger',
};

const places: Readonly<Record<ModelView['backend'], string>> = {
  engine: 'in this server',
  upstream: 'on another server',
};

/** Base of the samples' addresses. */
const base = '/v1/inference';

export function toServedSearchable(model: ModelView): Searchable {
  const { id, aliases, ownedBy, architecture, quantization, license, parameterCount, state } = model;
  const size = parameterCount === null ? null : formatParameterCount(parameterCount);
  return {
    kind: 'served',
    capabilities: model.capabilities,
    text: toSearchText([id, ...aliases, ownedBy, architecture, quantization, license, size, state]),
  };
}

/** A served model with what this machine has to do with it. */
export interface ShownModel {
  readonly view: ModelView;
  readonly isDefault: boolean;
  /** An estimate of what it needs in memory. Undefined for a model of another server, as is `fit`. */
  readonly needBytes: number | undefined;
  readonly fit: ModelFit | undefined;
}

const fitNames: Readonly<Record<ModelFit, string>> = {
  loaded: 'is in memory',
  free: 'yes',
  'after-unloading': 'after another is unloaded',
  never: 'no',
};

export interface ServedModelOptions {
  readonly model: ShownModel;
  readonly serverUrl: string;
  readonly isHidden: boolean;
  /** Its samples are shown at once. */
  readonly isOpen: boolean;
}

/** A model that this server serves, as an article. */
export function renderServedModel({ model, serverUrl, isHidden, isOpen }: ServedModelOptions): Html {
  const { view, isDefault } = model;
  const { id, aliasOf, aliases, capabilities, state } = view;
  const searchable = toServedSearchable(view);
  const chips = capabilities.map(
    (capability) => html`<li class="badge">${capabilityTitles[capability]}</li>`,
  );
  const names = aliasOf === undefined ? aliases : aliases.filter((alias) => alias !== id);
  return html`<article class="model" data-kind="served" data-text="${searchable.text}" data-capabilities="${searchable.capabilities.join(' ')}"${isHidden ? html` hidden` : ''}>
<header><h3>${id}</h3>${isDefault ? html`<p class="badge badge-accent">Default</p>` : ''}<p class="badge badge-dot ${stateLooks[state]}">${stateNames[state]}</p></header>
${aliasOf === undefined ? '' : html`<p class="aliases">Alias of <code>${aliasOf}</code></p>`}
${names.length === 0 ? '' : html`<p class="aliases">Aliases: ${names.map((name, index) => html`${index === 0 ? '' : ', '}<code>${name}</code>`)}</p>`}
<ul class="chips" aria-label="Capabilities">${chips}</ul>
<dl>${listFacts(model).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${renderDefaults(view)}
${renderParameters(view)}
${renderSamples(view, serverUrl, isOpen)}
</article>
`;
}

function listFacts({ view: model, needBytes, fit }: ShownModel): [string, string][] {
  return [
    ['Context', formatOr(model.contextLength, formatTokens)],
    ['Answer at most', formatOr(model.outputTokensMax, formatTokens)],
    ['Size', formatOr(model.sizeBytes, formatBytes)],
    ...(needBytes === undefined
      ? []
      : [['Memory', `≈ ${formatBytesRoughly(needBytes)}`] as [string, string]]),
    ...(fit === undefined ? [] : [['Fits here', fitNames[fit]] as [string, string]]),
    ['Parameters', formatOr(model.parameterCount, formatParameterCount)],
    ['Quantization', model.quantization ?? unknown],
    ['Architecture', model.architecture ?? unknown],
    ['Licence', model.license ?? unknown],
    ['Reads', model.inputs.join(', ')],
    ['Makes', model.outputs.join(', ')],
    ['Runs', places[model.backend]],
    ['Owner', model.ownedBy],
    ['Added', new Date(model.addedAtSeconds * 1000).toISOString().slice(0, 10)],
  ];
}

const unknown = 'not known';

function formatOr(count: number | null, format: (count: number) => string): string {
  return count === null ? unknown : format(count);
}

function formatTokens(count: number): string {
  return count === 0 ? 'none' : `${formatCount(count)} tokens`;
}

/** Of one value, on the page. */
const defaultCharactersMax = 120;

/** The defaults of the model, in one line. */
function renderDefaults({ defaults, systemMessage }: ModelView): Html | undefined {
  const parts = Object.entries(defaults).map(([name, value]) => {
    const text = JSON.stringify(value);
    const shown = text.length > defaultCharactersMax ? `${text.slice(0, defaultCharactersMax)}…` : text;
    return html`<code>${name}: ${shown}</code> `;
  });
  if (systemMessage !== null) parts.push(html`<code>a system message</code>`);
  if (parts.length === 0) return undefined;
  return html`<p class="parameters">Defaults: ${parts}</p>`;
}

function renderParameters({ supportedParameters: names }: ModelView): Html | undefined {
  if (names.length === 0) return undefined;
  return html`<details class="more"><summary>Request parameters <span class="count">${names.length}</span></summary>
<p class="parameters">${names.map((name) => html`<code>${name}</code> `)}</p></details>`;
}

function renderSamples(model: ModelView, serverUrl: string, isOpen: boolean): Html | undefined {
  const samples = toSamples(model, serverUrl);
  if (samples === undefined) return undefined;
  const block = (language: keyof typeof highlighted, source: string) =>
    html`<div class="model-sample"><h4>${language}</h4><div class="code-block"><pre class="code-block-text" tabindex="0" data-copy="the ${language} sample"><code data-language="${highlighted[language]}">${source.trimEnd()}</code></pre></div></div>`;
  return html`<details class="more"${isOpen ? html` open` : ''}><summary>Samples <span class="languages">cURL, Python, JavaScript</span></summary>
<div class="samples">${block('cURL', samples.curl)}${block('Python', samples.python)}${block('JavaScript', samples.javascript)}</div></details>`;
}

const highlighted = { cURL: 'sh', Python: 'python', JavaScript: 'js' } as const;

/** A sample of what the model is for. */
function toSamples({ id, capabilities }: ModelView, serverUrl: string): CodeSamples | undefined {
  const context = { serverUrl, base, model: id };
  if (capabilities.includes('chat')) return createChatCompletionOperation.toSamples(context);
  if (capabilities.includes('embeddings')) return createEmbeddingOperation.toSamples(context);
  if (capabilities.includes('completions')) return createCompletionOperation.toSamples(context);
  return undefined;
}
