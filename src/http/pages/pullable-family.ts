import {
  type FilterCapability,
  filterCapabilities,
  type ModelsFilter,
} from '../../protocol/openai/models/models-query.ts';
import type { PullableFamily, PullableModel } from '../../service/models/pullable-models.ts';
import { formatBytes, formatBytesRoughly, formatCount } from './format-quantity.ts';
import { type Html, html } from './html.ts';
import { isShown, type Searchable, sortModels, toSearchText } from './models-filter.ts';

/** A model of a family, and whether the filter lets it be seen. */
export interface PullableRow {
  readonly model: PullableModel;
  readonly searchable: Searchable;
  readonly isHidden: boolean;
}

export interface SortedFamily {
  readonly family: PullableFamily;
  readonly rows: readonly PullableRow[];
}

/** Families and their models in the order of the filter. Without one, families that chat come first. */
export function toPullableFamilies(
  families: readonly PullableFamily[],
  filter: ModelsFilter,
): readonly SortedFamily[] {
  const { sort } = filter;
  const chats = ({ models }: PullableFamily) =>
    models.some(({ capabilities }) => capabilities.includes('chat'));
  const usual = families.toSorted((one, other) => Number(chats(other)) - Number(chats(one)));
  // A family is as small as its smallest model, and as large as its largest.
  const toSize = ({ models }: PullableFamily) => sortModels(models, sort, (model) => model)[0]?.sizeBytes;
  return sortModels(usual, sort, (family) => ({ name: family.name, sizeBytes: toSize(family) })).map(
    ({ models, ...rest }) => {
      const family = { ...rest, models: sortModels(models, sort, (model) => model) };
      return { family, rows: toPullableRows(family, filter) };
    },
  );
}

function toPullableRows({ description, models }: PullableFamily, filter: ModelsFilter): PullableRow[] {
  return models.map((model) => {
    const { name, parameterSize, quantization, license } = model;
    const searchable: Searchable = {
      kind: 'pullable',
      capabilities: listCapabilities(model),
      text: toSearchText([name, description, parameterSize, quantization, license]),
    };
    return { model, searchable, isHidden: !isShown(filter, searchable) };
  });
}

export interface PullableFamilyOptions extends SortedFamily {
  readonly isOpen: boolean;
  readonly commandName: string;
  /** Models have a button that opens the console to pull them. */
  readonly hasConsole: boolean;
}

/** The models of a family as a table that unfolds. */
export function renderPullableFamily(options: PullableFamilyOptions): Html {
  const { family, rows, isOpen, hasConsole } = options;
  const { name, description } = family;
  const shownCount = rows.filter(({ isHidden }) => !isHidden).length;
  const capabilities = new Set(rows.flatMap(({ model }) => listCapabilities(model)));
  return html`<details class="family"${shownCount === 0 ? html` hidden` : ''}${isOpen ? html` open` : ''}>
<summary><h3>${name}</h3> <span class="count"><span class="unseen">models: </span><span data-count="family">${shownCount}</span></span>
<span class="description">${description}</span>
<span class="chips">${[...capabilities].map((capability) => html`<span class="badge">${filterCapabilities[capability]}</span> `)}</span></summary>
<div class="scroll" tabindex="0"><table class="table">
<thead><tr><th scope="col">Pull it with</th><th scope="col">Parameters</th><th scope="col">Quantization</th><th scope="col">Size</th><th scope="col">Fits here</th><th scope="col">Context</th><th scope="col">Licence</th>${hasConsole ? html`<td></td>` : ''}</tr></thead>
<tbody>${rows.map((row) => renderRow(row, options))}</tbody>
</table></div>
</details>
`;
}

function renderRow(
  { model, searchable, isHidden }: PullableRow,
  { commandName, hasConsole }: PullableFamilyOptions,
): Html {
  const { name, parameterSize, quantization, contextLength, license } = model;
  const { text, capabilities } = searchable;
  const context = contextLength === undefined ? 'not known' : formatCount(contextLength);
  return html`<tr data-kind="pullable" data-text="${text}" data-capabilities="${capabilities.join(' ')}"${isHidden ? html` hidden` : ''}>
<th scope="row"><code data-copy="the command for ${name}"><span class="command">${commandName} pull </span>${name}</code></th>
<td data-label="Parameters">${parameterSize}</td><td data-label="Quantization">${quantization}</td><td data-label="Size">${formatSize(model)}</td><td data-label="Fits here">${renderFit(model)}</td><td data-label="Context">${context}</td><td data-label="Licence">${license}</td>${hasConsole ? renderPullButton(name) : ''}</tr>
`;
}

function formatSize({ sizeBytes, isSizeEstimated }: PullableModel): string {
  if (sizeBytes === undefined) return 'not known';
  return isSizeEstimated ? `≈ ${formatBytesRoughly(sizeBytes)}` : formatBytes(sizeBytes);
}

function renderFit({ fits }: PullableModel): Html | string {
  if (fits === undefined) return 'not known';
  return fits
    ? html`<span class="badge badge-ok">yes</span>`
    : html`<span class="badge badge-warn">no</span>`;
}

/** A pull needs a key, which only the console has. */
function renderPullButton(name: string): Html {
  const address = `/console/models?tab=pull&name=${encodeURIComponent(name)}`;
  return html`<td><a class="button button-plain button-s" href="${address}" aria-label="Pull ${name}">Pull</a></td>`;
}

/**
 * The filter's capabilities. Structured outputs work with every chat model, so the catalogue does not list
 * them.
 */
function listCapabilities({ capabilities }: PullableModel): readonly FilterCapability[] {
  const names = Object.keys(filterCapabilities) as FilterCapability[];
  return names.filter((name) =>
    name === 'structured_outputs' ? capabilities.includes('chat') : capabilities.includes(name),
  );
}
