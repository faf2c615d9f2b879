import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A page of the folder docs/ that /docs shows. */
export interface DocFile {
  /** Below docs/. */
  readonly file: string;
  readonly path: string;
  readonly group: 'Guides' | 'Reference' | 'Server';
}

/** A guide of docs/guides, by its name. */
const toGuide = (name: string): DocFile => ({
  file: `guides/${name}.md`,
  path: `/docs/guides/${name}`,
  group: 'Guides',
});

/** In the order of the navigation. */
export const docFiles: readonly DocFile[] = [
  { file: 'api/errors.md', path: '/docs/errors', group: 'Reference' },
  ...[
    'chat',
    'structured-outputs',
    'tool-calls',
    'embeddings',
    'messages-api',
    'agents',
    'console',
    'models',
    'keys-and-limits',
    'usage',
    'upstreams',
    'growth',
    'operations',
    'postgres',
  ].map(toGuide),
  { file: 'settings.md', path: '/docs/settings', group: 'Server' },
  { file: 'SECURITY.md', path: '/docs/security', group: 'Server' },
];

export interface DocText extends DocFile {
  readonly title: string;
  /** Markdown without its title. */
  readonly text: string;
}

/** Beside src/ and dist/, in a clone and in the package. */
const folder = new URL('../../../docs/', import.meta.url);

/** Read at the first request, then kept. */
export function createDocTexts(): () => Promise<readonly DocText[]> {
  let texts: Promise<readonly DocText[]> | undefined;
  return () => {
    texts ??= Promise.all(docFiles.map(readDoc));
    return texts;
  };
}

async function readDoc(doc: DocFile): Promise<DocText> {
  const whole = await readFile(fileURLToPath(new URL(doc.file, folder)), 'utf8');
  const [, title = doc.file, text = whole] = /^# (.+)\n([\s\S]*)$/.exec(whole) ?? [];
  return { ...doc, title, text };
}
