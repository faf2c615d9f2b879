import { apiDescription } from '../openapi/create-openapi-document.ts';
import { type Html, html } from '../pages/html.ts';
import type { DocsSite } from './docs-site.ts';
import type { OperationRendering } from './render-operation.ts';
import { renderSamples } from './render-samples.ts';

/** The first page: how to send a request, and what else there is. */
export function renderOverview({ groups, texts }: DocsSite, { toProse, toText }: OperationRendering): Html {
  const chat = groups.flatMap(({ operations }) => operations)[0]?.operation;
  const guides = texts.filter(({ group }) => group === 'Guides');
  return html`<section class="operation overview">
<div class="operation-prose">
<h1>Gravix API</h1>
<div class="doc-prose">${toProse(apiDescription)}</div>
</div>
<div class="operation-code">${chat === undefined ? '' : renderSamples('overview', chat.summary, chat['x-codeSamples'])}</div>
</section>
<h2 id="reference"><a class="anchor" href="#reference">Reference</a></h2>
<ul class="docs-cards">${groups.map(({ path, title, description, operations }) => renderCard(path, title, toText(`${description} ${formatOperations(operations.length)}`)))}
${renderCard('/docs/errors', 'Errors', html`Each code with its status, and whether a retry helps.`)}
${renderCard('/openapi.json', 'openapi.json', html`The same reference, for programs.`)}</ul>
<h2 id="guides"><a class="anchor" href="#guides">Guides</a></h2>
<ul class="docs-cards docs-cards-plain">${guides.map(({ path, title }) => renderCard(path, title))}</ul>`;
}

function formatOperations(count: number): string {
  return count === 1 ? '1 operation.' : `${count} operations.`;
}

function renderCard(path: string, title: string, description?: Html): Html {
  return html`<li><a class="docs-card" href="${path}"><strong>${title}</strong>${description === undefined ? '' : html`<span class="muted">${description}</span>`}</a></li>`;
}
