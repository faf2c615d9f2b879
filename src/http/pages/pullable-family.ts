import type { PullableFamily, PullableModel } from '../../service/pullable-models.ts';
import { formatBytes, formatBytesRoughly, formatCount } from './format-quantity.ts';
import { type Html, html } from './html.ts';
import { type FilterCapability, filterCapabilities, type Searchable, toSearchText } from './models-filter.ts';

export function toPullableSearchable(model: PullableModel, family: PullableFamily): Searchable {
  const { name, parameterSize, quantization, license } = model;
  return {
    kind: 'pullable',
    capabilities: listCapabilities(model),
    text: toSearchText([name, family.description, parameterSize, quantization, license, 'pull']),
  };
}

export interface PullableFamilyOptions {
  readonly family: PullableFamily;
  /** Whether the filter lets it be seen. */
  readonly isShown: (model: PullableModel) => boolean;
  readonly isOpen: boolean;
}

/** The models of a family as a table that unfolds. */
export function renderPullableFamily({ family, isShown, isOpen }: PullableFamilyOptions): Html {
  const { name, description, models } = family;
  const shown = models.filter(isShown);
  const capabilities = new Set(models.flatMap((model) => listCapabilities(model)));
  return html`<details class="family"${shown.length === 0 ? html` hidden` : ''}${isOpen ? html` open` : ''}>
<summary><h3>${name}</h3> <span class="count"><span class="unseen">models: </span><span data-count="family">${shown.length}</span></span>
<span class="description">${description}</span>
<span class="chips">${[...capabilities].map((capability) => html`<span>${filterCapabilities[capability]}</span> `)}</span></summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Pull it with</th><th scope="col">Parameters</th><th scope="col">Quantization</th><th scope="col">Size</th><th scope="col">Context</th><th scope="col">Licence</th></tr></thead>
<tbody>${models.map((model) => renderRow(model, family, !isShown(model)))}</tbody>
</table></div>
</details>
`;
}

function renderRow(model: PullableModel, family: PullableFamily, isHidden: boolean): Html {
  const { name, parameterSize, quantization, contextLength, license } = model;
  const { text, capabilities } = toPullableSearchable(model, family);
  const context = contextLength === undefined ? 'not known' : formatCount(contextLength);
  return html`<tr data-kind="pullable" data-text="${text}" data-capabilities="${capabilities.join(' ')}"${isHidden ? html` hidden` : ''}>
<th scope="row"><code data-copy="the command for ${name}"><span class="command">gravix pull </span>${name}</code></th>
<td data-label="Parameters">${parameterSize}</td><td data-label="Quantization">${quantization}</td><td data-label="Size">${formatSize(model)}</td><td data-label="Context">${context}</td><td data-label="Licence">${license}</td></tr>
`;
}

function formatSize({ sizeBytes, isSizeEstimated }: PullableModel): string {
  if (sizeBytes === undefined) return 'not known';
  return isSizeEstimated ? `≈ ${formatBytesRoughly(sizeBytes)}` : formatBytes(sizeBytes);
}

/** What can be filtered by: whatever chats can be held to a schema here, so the catalogue doesn't say it. */
function listCapabilities({ capabilities }: PullableModel): readonly FilterCapability[] {
  const names = Object.keys(filterCapabilities) as FilterCapability[];
  return names.filter((name) =>
    name === 'structured_outputs' ? capabilities.includes('chat') : capabilities.includes(name),
  );
}
