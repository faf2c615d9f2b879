import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What a page loads, as paths of this server. */
export interface PageAssets {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** The ones of Latin letters. One that comes late is not swapped in, so pages ask for them early. */
  readonly fonts: readonly string[];
}

/** The pages whose scripts and styles are built with the console. */
export type BuiltPage = 'docs' | 'models';

export type BuiltPages = Readonly<Record<BuiltPage, PageAssets>>;

/** Without a build a page has its content only. */
export const noAssets: PageAssets = { scripts: [], styles: [], fonts: [] };

/** Where the build is served. */
const base = '/console/';

const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    css: z.array(z.string()).default([]),
    imports: z.array(z.string()).default([]),
  }),
);

type Manifest = z.infer<typeof manifestSchema>;

/** @returns undefined if the folder has no build */
export async function readBuiltPages(folder: string): Promise<BuiltPages | undefined> {
  // https://vite.dev/guide/backend-integration
  const path = join(folder, '.vite', 'manifest.json');
  if (!existsSync(path)) return undefined;
  const manifest = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  return { docs: toAssets(manifest, 'docs'), models: toAssets(manifest, 'models') };
}

function toAssets(manifest: Manifest, page: BuiltPage): PageAssets {
  const entry = `src/pages/${page}.ts`;
  const { file } = manifest[entry] ?? {};
  if (file === undefined) throw new Error(`The build has no ${entry}.`);
  const toPath = (built: string) => base + built;
  return {
    scripts: [toPath(file)],
    styles: [...listStyles(manifest, entry)].map(toPath),
    fonts: Object.keys(manifest)
      .filter((name) => /-latin-wght-normal\.woff2$/.test(name))
      .map((name) => toPath(manifest[name]?.file ?? name)),
  };
}

/** The styles of a file after the ones of what it imports. */
function listStyles(manifest: Manifest, name: string): Set<string> {
  const { css = [], imports = [] } = manifest[name] ?? {};
  return new Set([...imports.flatMap((imported) => [...listStyles(manifest, imported)]), ...css]);
}
