import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of scripts and styles as they are sent: with gzip, where the build has that. */
export interface ConsoleSizes {
  /** All views of the console. */
  readonly viewBytes: number;
  /** What views load when they need it: charts, colours of code, maths, the check of a JSON answer. */
  readonly lateBytes: number;
  /** What /models and /docs load, and the console does not. */
  readonly pageBytes: number;
  /** What both load. */
  readonly sharedFiles: readonly string[];
}

/** A file of the build: https://vite.dev/guide/backend-integration */
interface BuiltFile {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

type Manifest = Readonly<Record<string, BuiltFile>>;

const pageEntries = ['src/pages/docs.ts', 'src/pages/models.ts'];

/** Each page of the console is a file that loads when it is opened. */
const isView = (entry: string) => /-page\.tsx$/.test(entry);

export async function measureConsole(folder: string): Promise<ConsoleSizes> {
  const text = await readFile(join(folder, '.vite', 'manifest.json'), 'utf8');
  const manifest: Manifest = JSON.parse(text);
  const views = listFiles(manifest, ['index.html'], isView);
  const all = listFiles(manifest, ['index.html'], () => true);
  const pages = listFiles(manifest, pageEntries, () => false);
  return {
    viewBytes: await sumBytes(folder, [...views]),
    lateBytes: await sumBytes(
      folder,
      [...all].filter((file) => !views.has(file)),
    ),
    pageBytes: await sumBytes(
      folder,
      [...pages].filter((file) => !all.has(file)),
    ),
    sharedFiles: [...pages].filter((file) => views.has(file)),
  };
}

/** The files of entries and of what they import, and of what they load later if it is wanted. */
function listFiles(
  manifest: Manifest,
  entries: readonly string[],
  isWanted: (entry: string) => boolean,
): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const { imports = [], dynamicImports = [] } = manifest[name] ?? {};
    for (const next of [...imports, ...dynamicImports.filter(isWanted)]) visit(next);
  };
  for (const entry of entries) visit(entry);
  return new Set([...seen].flatMap((name) => [manifest[name]?.file ?? name, ...(manifest[name]?.css ?? [])]));
}

async function sumBytes(folder: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files
      .filter((file) => /\.(?:js|css)$/.test(file))
      .map(async (file) => {
        const path = join(folder, file);
        return (await stat(existsSync(`${path}.gz`) ? `${path}.gz` : path)).size;
      }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
