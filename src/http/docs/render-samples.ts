import type { CodeSample } from '../openapi/openapi-document.ts';
import { type Html, html } from '../pages/html.ts';
import { renderCode } from './render-code.ts';

const languages: Readonly<Record<string, string>> = { Shell: 'sh', Python: 'python', JavaScript: 'js' };

/**
 * A request in several languages, one of which is shown. The choice is a group of radio buttons, so that it needs no script;
 * the script of the page makes it for all samples at once.
 * @param id of the operation
 */
export function renderSamples(id: string, title: string, samples: readonly CodeSample[]): Html {
  return html`<fieldset class="samples"><legend class="unseen">${title}: language of the sample</legend>
${samples.map(
  ({ label }, index) =>
    html`<input class="unseen" type="radio" name="${id}-language" id="${id}-${label}" value="${label}"${index === 0 ? html` checked` : ''}><label for="${id}-${label}">${label}</label>\n`,
)}${samples.map(
  ({ lang, source }) =>
    html`<div class="sample">${renderCode({ source, language: languages[lang] ?? '' })}</div>\n`,
)}</fieldset>
`;
}
