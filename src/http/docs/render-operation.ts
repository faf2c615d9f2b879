import type { AnswerObject, MediaTypes } from '../openapi/openapi-document.ts';
import type { JsonSchema } from '../openapi/operation.ts';
import { type Html, html } from '../pages/html.ts';
import { describeVariants } from './describe-fields.ts';
import type { SiteOperation } from './docs-site.ts';
import { type FieldRendering, renderVariants } from './render-fields.ts';
import { renderSamples } from './render-samples.ts';

export interface OperationRendering extends FieldRendering {
  /** Markdown with paragraphs. */
  readonly toProse: (text: string) => Html;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** One operation: prose at the left, and its samples beside it. */
export function renderOperation(
  { method, path, operation }: SiteOperation,
  rendering: OperationRendering,
): Html {
  const { operationId: id, summary, description } = operation;
  return html`<section class="operation" id="${id}" aria-labelledby="${id}-title">
<div class="operation-prose">
<h2 id="${id}-title"><a class="anchor" href="#${id}">${summary}</a></h2>
<p class="operation-address"><span class="method method-${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
<div class="doc-prose">${rendering.toProse(description)}</div>
${renderAccess(operation.security)}
${renderParameters(operation.parameters ?? [], rendering)}
${renderBody(operation.requestBody?.content, rendering)}
${renderAnswers(operation.responses, rendering)}
</div>
<div class="operation-code">${renderSamples(id, summary, operation['x-codeSamples'])}</div>
</section>
`;
}

function renderAccess(security: readonly JsonSchema[] | undefined): Html | string {
  if (security === undefined) return '';
  return html`<p class="muted">${security.length === 0 ? 'Needs no key.' : 'Needs no key if the setting pages is open.'}</p>`;
}

function renderParameters(
  parameters: NonNullable<SiteOperation['operation']['parameters']>,
  rendering: OperationRendering,
): Html | string {
  if (parameters.length === 0) return '';
  // As fields, so that types and ranges are described in one way.
  const properties = parameters.map(({ name, in: place, description, schema }) => [
    name,
    { ...schema, description: `In the ${place}. ${description}` },
  ]);
  const required = parameters.filter((one) => one.required === true).map(({ name }) => name);
  const schema = { properties: Object.fromEntries(properties), required };
  return html`<h3>Parameters</h3>${renderVariants(describeVariants(rendering.schemas, schema), rendering)}`;
}

function renderBody(content: MediaTypes | undefined, rendering: OperationRendering): Html | string {
  const schema = content?.['application/json']?.schema;
  if (schema === undefined) return '';
  return html`<h3>Body</h3>${renderVariants(describeVariants(rendering.schemas, schema), rendering)}`;
}

function renderAnswers(answers: Readonly<Record<string, AnswerObject>>, rendering: OperationRendering): Html {
  const entries = Object.entries(answers);
  const isError = (status: string) => Number(status) >= 400;
  const good = entries.filter(([status]) => !isError(status));
  const errors = entries.filter(([status]) => isError(status));
  return html`<h3>Answer</h3>
${good.map(([status, answer]) => renderAnswer(status, answer, rendering))}
<details class="inside"><summary>Errors</summary>
<table class="doc-table error-table"><thead><tr><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
<tbody>${errors.map(([status, { description }]) => html`<tr><th scope="row"><code>${status}</code></th><td>${rendering.toText(description)}</td></tr>`)}</tbody></table>
<p><a href="/docs/errors">All errors</a></p></details>`;
}

/** Names of contents that are not one JSON object. */
const contentNames: Readonly<Record<string, string>> = {
  'text/event-stream': 'Each event of the stream',
  'application/x-ndjson': 'Each line of the stream',
};

function renderAnswer(
  status: string,
  { description, content }: AnswerObject,
  rendering: OperationRendering,
): Html {
  const forms = Object.entries(content).flatMap(([type, { schema }]) => {
    const variants = describeVariants(rendering.schemas, toPlainSchema(schema));
    if (variants.every(({ fields }) => fields.length === 0)) return [];
    const name = contentNames[type] ?? 'Fields of the answer';
    return [
      html`<details class="inside"><summary>${name}</summary>${renderVariants(variants, rendering)}</details>`,
    ];
  });
  return html`<p><span class="badge badge-ok">${status}</span> ${rendering.toText(description)}</p>${forms}`;
}

/** An event's data is JSON in a text: what readers look for is inside. */
function toPlainSchema(schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
  const payload = properties?.['data'];
  if (payload === undefined) return schema;
  const options = (payload['anyOf'] ?? [payload]) as readonly JsonSchema[];
  const contents = options.flatMap(({ contentSchema }) =>
    typeof contentSchema === 'object' && contentSchema !== null ? [contentSchema as JsonSchema] : [],
  );
  if (contents.length === 0) return schema;
  return contents.length === 1 ? (contents[0] ?? schema) : { anyOf: contents };
}
