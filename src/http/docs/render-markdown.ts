import { Marked, type MarkedExtension, type Tokens } from 'marked';
import { Html, html } from '../pages/html.ts';
import { renderCode } from './render-code.ts';
import { toSlug } from './to-slug.ts';

export interface MarkdownOptions {
  /** Where a link leads; undefined: its text is shown without one. */
  readonly toLink: (href: string) => string | undefined;
  /** The address of this server, for samples that name the usual one. */
  readonly serverUrl: string;
}

/** The address in the pages of docs/. */
const printedServerUrl = 'http://127.0.0.1:4728';

/** Markdown of this project as markup. Markup in it is shown as text. */
export interface MarkdownRenderer {
  /** Paragraphs and all else. */
  readonly toProse: (text: string) => Html;
  /** One line, such as a description in a table. */
  readonly toText: (text: string) => Html;
}

export function createMarkdownRenderer(options: MarkdownOptions): MarkdownRenderer {
  const marked = new Marked(createRenderer(options));
  return {
    toProse: (text) => new Html(marked.parse(stripComments(text), { async: false })),
    toText: (text) => new Html(marked.parseInline(text, { async: false }) as string),
  };
}

/** What generated the page is for its editors. */
function stripComments(text: string): string {
  return text.replace(/^<!--.*?-->\n/gms, '');
}

function createRenderer({ toLink, serverUrl }: MarkdownOptions): MarkedExtension {
  return {
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const tag = new Html(`h${depth}`);
        const content = new Html(this.parser.parseInline(tokens));
        return html`<${tag} id="${toSlug(text)}"><a class="anchor" href="#${toSlug(text)}">${content}</a></${tag}>\n`
          .markup;
      },
      code({ text, lang = '' }: Tokens.Code) {
        return renderCode({ source: text.replaceAll(printedServerUrl, serverUrl), language: lang }).markup;
      },
      table(token: Tokens.Table) {
        const toRow = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
        const rows = token.rows.map((cells) => toRow(cells, 'td')).join('\n');
        return `<div class="table-frame" tabindex="0"><table class="doc-table"><thead>${toRow(token.header, 'th')}</thead><tbody>${rows}</tbody></table></div>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const content = new Html(this.parser.parseInline(tokens));
        const address = toLink(href);
        if (address === undefined) return content.markup;
        return html`<a href="${address}">${content}</a>`.markup;
      },
      html({ text }: Tokens.HTML | Tokens.Tag) {
        return html`${text}`.markup;
      },
      image({ text }: Tokens.Image) {
        return html`${text}`.markup;
      },
    },
  };
}
