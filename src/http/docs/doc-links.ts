import { posix } from 'node:path';
import { docFiles } from './doc-files.ts';
import { toSlug } from './to-slug.ts';

/** The generated pages of docs/api/: here they are part of the reference. */
const referencePages: Readonly<Record<string, string>> = {
  'api/chat-completions.md': '/docs/api/chat',
  'api/responses.md': '/docs/api/responses',
  'api/compact.md': '/docs/api/responses',
  'api/messages.md': '/docs/api/messages',
  'api/completions.md': '/docs/api/text',
  'api/embeddings.md': '/docs/api/text',
  'api/tokenize.md': '/docs/api/text',
};

/**
 * Where a link of a page in docs/ leads on this server. Undefined for what is in the repository only.
 * @param from the file with the link, below docs/
 */
export function toDocLink(href: string, from: string): string | undefined {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  const [path = '', fragment] = href.split('#');
  const file = posix.join(posix.dirname(from), path);
  const address = docFiles.find((doc) => doc.file === file)?.path ?? referencePages[file];
  if (address === undefined) return undefined;
  return fragment === undefined ? address : `${address}#${toSlug(fragment)}`;
}
