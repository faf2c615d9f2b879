import { type Html, html } from '../pages/html.ts';
import type { Field, FieldVariant } from './describe-fields.ts';

export interface FieldRendering {
  /** Markdown in one line. */
  readonly toText: (text: string) => Html;
}

/** The fields of an object, or of each form that it may have. Fields that this server refuses come last, folded. */
export function renderVariants(variants: readonly FieldVariant[], rendering: FieldRendering): Html {
  return html`${variants.map(({ label, fields }) =>
    label === undefined
      ? renderFields(fields, rendering)
      : html`<details class="variant"><summary><code>${label}</code></summary>${renderFields(fields, rendering)}</details>`,
  )}`;
}

function renderFields(fields: readonly Field[], rendering: FieldRendering): Html {
  const refused = fields.filter(({ effect }) => effect === 'refused');
  const others = fields.filter(({ effect }) => effect !== 'refused');
  return html`<ul class="fields">${others.map((field) => renderField(field, rendering))}</ul>
${refused.length === 0 ? '' : renderRefused(refused, rendering)}`;
}

function renderRefused(fields: readonly Field[], rendering: FieldRendering): Html {
  const title = fields.length === 1 ? '1 field that is refused' : `${fields.length} fields that are refused`;
  return html`<details class="variant"><summary>${title}</summary><p class="muted">Known fields of such requests that this server does not honour.</p><ul class="fields">${fields.map((field) => renderField(field, rendering))}</ul></details>`;
}

function renderField(field: Field, rendering: FieldRendering): Html {
  const { name, type, isRequired, range, effect, description, variants } = field;
  return html`<li><p class="field-head"><code class="field-name">${name}</code> <span class="muted">${type}</span>${isRequired ? html` <span class="badge badge-accent">required</span>` : ''}${effect === 'no effect' ? html` <span class="badge">no effect</span>` : ''}</p>
${description === '' ? '' : html`<p>${rendering.toText(description)}</p>`}${renderLimits(range, field.default, rendering)}${renderInside(variants, rendering)}</li>
`;
}

function renderLimits(range: string, value: string | undefined, { toText }: FieldRendering): Html | string {
  const parts = [
    ...(range === '' ? [] : [html`${toText(range)}`]),
    ...(value === undefined ? [] : [html`default <code>${value}</code>`]),
  ];
  if (parts.length === 0) return '';
  return html`<p class="field-limits">${parts.map((part, index) => html`${index === 0 ? '' : ' · '}${part}`)}</p>`;
}

function renderInside(variants: readonly FieldVariant[], rendering: FieldRendering): Html | string {
  const count = variants.reduce((sum, { fields }) => sum + fields.length, 0);
  if (count === 0) return '';
  return html`<details class="inside"><summary>Fields inside</summary>${renderVariants(variants, rendering)}</details>`;
}
