import { type Html, html } from '../pages/html.ts';

export interface Code {
  readonly source: string;
  /** As the word behind a fence in Markdown, or empty. */
  readonly language: string;
}

/** A block of code. The script of the page adds colours and a button that copies it. */
export function renderCode({ source, language }: Code): Html {
  const mark = language === '' ? '' : html` data-language="${language}"`;
  return html`<div class="code-block doc-code"><pre class="code-block-text" tabindex="0"><code${mark}>${source.trimEnd()}</code></pre></div>\n`;
}
