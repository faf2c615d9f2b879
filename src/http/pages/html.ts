/** Markup that may stand in a page as it is. Only `html` makes it, so that no text gets into a page unescaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** Values in a template. Texts and numbers are escaped; undefined becomes nothing. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/** A template of markup. Attributes use double quotes, so escaped values are safe in them too. */
export function html(markup: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const rest = parts.map((part, index) => toMarkup(part) + (markup[index + 1] ?? ''));
  return new Html((markup[0] ?? '') + rest.join(''));
}

function toMarkup(part: HtmlPart): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(toMarkup).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
