import {
  type FilterCapability,
  filterCapabilities,
  type ModelsFilter,
} from '../../protocol/openai/models/models-query.ts';
import type { PullableFamily, PullableModel } from '../../service/models/pullable-models.ts';
import { formatBytes, formatBytesRoughly, formatCount } from './format-quantity.ts';
import { type Html, html } from './html.ts';
import { isShown, type Searchable, toSearchText } from './models-filter.ts';

/** A model of a family, and whether the filter lets it be seen. */
export interface PullableRow {
  readonly model: PullableModel;
  readonly searchable: Searchable;
  readonly isHidden: boolean;
}

export function toPullableRows({ description, models }: PullableFamily, filter: ModelsFilter): PullableRow[] {
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

export interface PullableFamilyOptions {
  readonly family: PullableFamily;
  readonly rows: readonly PullableRow[];
  readonly isOpen: boolean;
  readonly commandName: string;
}

/** The models of a family as a table that unfolds. */
export function renderPullableFamily(options: PullableFamilyOptions): Html {
  const { family, rows, isOpen, commandName } = options;
  const { name, description } = family;
  const shownCount = rows.filter(({ isHidden }) => !isHidden).length;
  const capabilities = new Set(rows.flatMap(({ model }) => listCapabilities(model)));
  return html`<details class="family"${shownCount === 0 ? html` hidden` : ''}${isOpen ? html` open` : ''}>
<summary><h3>${name}</h3> <span class="count"><span class="unseen">models: </span><span data-count="family">${shownCount}</span></span>
<span class="description">${description}</span>
<span class="chips">${[...capabilities].map((capability) => html`<span>${filterCapabilities[capability]}</span> `)}</span></summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Pull it with</th><th scope="col">Parameters</th><th scope="col">Quantization</th><th scope="col">Size</th><th scope="col">Fits here</th><th scope="col">Context</th><th scope="col">Licence</th></tr></thead>
<tbody>${rows.map((row) => renderRow(row, commandName))}</tbody>
</table></div>
</details>
`;
}

function renderRow({ model, searchable, isHidden }: PullableRow, commandName: string): Html {
  const { name, parameterSize, quantization, contextLength, license } = model;
  const { text, capabilities } = searchable;
  const context = contextLength === undefined ? 'not known' : formatCount(contextLength);
  return html`<tr data-kind="pullable" data-text="${text}" data-capabilities="${capabilities.join(' ')}"${isHidden ? html` hidden` : ''}>
<th scope="row"><code data-copy="the command for ${name}"><span class="command">${commandName} pull </span>${name}</code></th>
<td data-label="Parameters">${parameterSize}</td><td data-label="Quantization">${quantization}</td><td data-label="Size">${formatSize(model)}</td><td data-label="Fits here">${formatFit(model)}</td><td data-label="Context">${context}</td><td data-label="Licence">${license}</td></tr>
`;
}

function formatSize({ sizeBytes, isSizeEstimated }: PullableModel): string {
  if (sizeBytes === undefined) return 'not known';
  return isSizeEstimated ? `≈ ${formatBytesRoughly(sizeBytes)}` : formatBytes(sizeBytes);
}

function formatFit({ fits }: PullableModel): string {
  if (fits === undefined) return 'not known';
  return fits ? 'yes' : 'no';
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
