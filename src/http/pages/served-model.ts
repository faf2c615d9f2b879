import type { WireModel } from '../../protocol/openai/models/model.ts';
import { createChatCompletionOperation } from '../openapi/chat-operation.ts';
import type { CodeSamples } from '../openapi/operation.ts';
import { createCompletionOperation, createEmbeddingOperation } from '../openapi/text-operations.ts';
import { formatBytes, formatCount, formatParameterCount } from './format-quantity.ts';
import { type Html, html } from './html.ts';
import { type Searchable, toSearchText } from './models-filter.ts';

const capabilityNames: Readonly<Record<keyof WireModel['capabilities'], string>> = {
  chat: 'Chat',
  completions: 'Text completions',
  tools: 'Tool calls',
  structured_outputs: 'Structured outputs',
  reasoning: 'Reasoning',
  logprobs: 'Log probabilities',
  embeddings: 'Embeddings',
};

const stateNames: Readonly<Record<WireModel['state'], string>> = {
  ready: 'Ready',
  loading: 'Loading',
  unloaded: 'Loads with its next request',
  unloading: 'Unloading',
  failed: 'Failed to load',
};

const places: Readonly<Record<WireModel['backend'], string>> = {
  engine: 'in this server',
  upstream: 'on another server',
};

/** Base of the samples' addresses. */
const base = '/v1/inference';

export function toServedSearchable(model: WireModel): Searchable {
  const { id, aliases, owned_by, architecture, quantization, license, parameter_count, state } = model;
  const size = parameter_count === null ? null : formatParameterCount(parameter_count);
  return {
    kind: 'served',
    capabilities: listCapabilities(model),
    text: toSearchText([id, ...aliases, owned_by, architecture, quantization, license, size, state]),
  };
}

export interface ServedModelOptions {
  readonly model: WireModel;
  readonly serverUrl: string;
  readonly isHidden: boolean;
  /** Its samples are shown at once. */
  readonly isOpen: boolean;
}

/** A model that this server serves, as an article. */
export function renderServedModel({ model, serverUrl, isHidden, isOpen }: ServedModelOptions): Html {
  const { id, alias_of, aliases, state } = model;
  const searchable = toServedSearchable(model);
  const chips = listCapabilities(model).map((capability) => html`<li>${capabilityNames[capability]}</li>`);
  const names = alias_of === undefined ? aliases : aliases.filter((alias) => alias !== id);
  return html`<article class="model" data-kind="served" data-text="${searchable.text}" data-capabilities="${searchable.capabilities.join(' ')}"${isHidden ? html` hidden` : ''}>
<header><h3>${id}</h3><p class="state ${state}">${stateNames[state]}</p></header>
${alias_of === undefined ? '' : html`<p class="aliases">Alias of <code>${alias_of}</code></p>`}
${names.length === 0 ? '' : html`<p class="aliases">Aliases: ${names.map((name, index) => html`${index === 0 ? '' : ', '}<code>${name}</code>`)}</p>`}
<ul class="chips" aria-label="Capabilities">${chips}</ul>
<dl>${listFacts(model).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${renderDefaults(model)}
${renderParameters(model)}
${renderSamples(model, serverUrl, isOpen)}
</article>
`;
}

function listCapabilities({ capabilities }: WireModel): (keyof WireModel['capabilities'])[] {
  const names = Object.keys(capabilityNames) as (keyof WireModel['capabilities'])[];
  return names.filter((name) => capabilities[name]);
}

function listFacts(model: WireModel): [string, string][] {
  const { modalities, created } = model;
  return [
    ['Context', formatOr(model.context_length, formatTokens)],
    ['Answer at most', formatOr(model.max_output_tokens, formatTokens)],
    ['Size', formatOr(model.size_bytes, formatBytes)],
    ['Parameters', formatOr(model.parameter_count, formatParameterCount)],
    ['Quantization', model.quantization ?? unknown],
    ['Architecture', model.architecture ?? unknown],
    ['Licence', model.license ?? unknown],
    ['Reads', modalities.input.join(', ')],
    ['Makes', modalities.output.join(', ')],
    ['Runs', places[model.backend]],
    ['Owner', model.owned_by],
    ['Added', new Date(created * 1000).toISOString().slice(0, 10)],
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
function renderDefaults({
  default_parameters: set,
  default_system_message: system,
}: WireModel): Html | undefined {
  const parts = Object.entries(set).map(([name, value]) => {
    const text = JSON.stringify(value);
    const shown = text.length > defaultCharactersMax ? `${text.slice(0, defaultCharactersMax)}…` : text;
    return html`<code>${name}: ${shown}</code> `;
  });
  if (system !== null) parts.push(html`<code>a system message</code>`);
  if (parts.length === 0) return undefined;
  return html`<p class="parameters">Defaults: ${parts}</p>`;
}

function renderParameters({ supported_parameters: names }: WireModel): Html | undefined {
  if (names.length === 0) return undefined;
  return html`<details class="more"><summary>Request parameters <span class="count">${names.length}</span></summary>
<p class="parameters">${names.map((name) => html`<code>${name}</code> `)}</p></details>`;
}

function renderSamples(model: WireModel, serverUrl: string, isOpen: boolean): Html | undefined {
  const samples = toSamples(model, serverUrl);
  if (samples === undefined) return undefined;
  const block = (language: string, source: string) =>
    html`<div class="sample"><h4>${language}</h4><pre tabindex="0" role="region" aria-label="${language} sample for ${model.id}" data-copy="the ${language} sample">${source.trimEnd()}</pre></div>`;
  return html`<details class="more"${isOpen ? html` open` : ''}><summary>Samples <span class="languages">cURL, Python, JavaScript</span></summary>
<div class="samples">${block('cURL', samples.curl)}${block('Python', samples.python)}${block('JavaScript', samples.javascript)}</div></details>`;
}

/** A sample of what the model is for. */
function toSamples({ id, capabilities }: WireModel, serverUrl: string): CodeSamples | undefined {
  const context = { serverUrl, base, model: id };
  if (capabilities.chat) return createChatCompletionOperation.toSamples(context);
  if (capabilities.embeddings) return createEmbeddingOperation.toSamples(context);
  if (capabilities.completions) return createCompletionOperation.toSamples(context);
  return undefined;
}
