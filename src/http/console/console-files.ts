import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export type ContentEncoding = 'br' | 'gzip';

/** One file of the console, as its build left it. */
export interface ConsoleFile {
  readonly type: string;
  /** Its name contains a hash of its content, so that it never changes. */
  readonly isHashed: boolean;
  /** The forms that the build compressed, smallest first. */
  readonly encodings: readonly ContentEncoding[];
  /** Read at the first request, then kept. */
  read(encoding: ContentEncoding | undefined): Promise<Buffer>;
}

/** By path below the folder of the build, such as `assets/main-3f2a.js`. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** The page that loads all others. */
export const consolePage = 'index.html';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.md': 'text/markdown; charset=utf-8',
};

const suffixes: Readonly<Record<ContentEncoding, string>> = { br: '.br', gzip: '.gz' };

/** Undefined if the folder has no build. */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | undefined> {
  if (!existsSync(join(folder, consolePage))) return undefined;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  const all = new Set(paths);
  return new Map(
    paths.flatMap((path) => {
      const type = types[extname(path)];
      return type === undefined ? [] : [[path, createConsoleFile(folder, path, type, all)] as const];
    }),
  );
}

function createConsoleFile(
  folder: string,
  path: string,
  type: string,
  all: ReadonlySet<string>,
): ConsoleFile {
  const encodings = (['br', 'gzip'] as const).filter((encoding) => all.has(path + suffixes[encoding]));
  const contents = new Map<ContentEncoding | undefined, Promise<Buffer>>();
  return {
    type,
    isHashed: path.startsWith('assets/'),
    encodings,
    read: (encoding) => {
      const known = contents.get(encoding);
      if (known !== undefined) return known;
      const content = readFile(join(folder, path + (encoding === undefined ? '' : suffixes[encoding])));
      contents.set(encoding, content);
      return content;
    },
  };
}
