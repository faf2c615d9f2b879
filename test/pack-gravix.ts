import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const isWindows = process.platform === 'win32';

/**
 * `npm pack` in a copy of what it reads, as it replaces files while it runs. The build is the one that is here.
 * @returns the tarball
 */
export async function packGravix(folder: string): Promise<string> {
  const copy = join(folder, 'clone');
  const manifest = readManifest(join(root, 'package.json'));
  for (const path of ['dist', 'docs', 'scripts', 'README.md', 'LICENSE', 'CHANGELOG.md']) copyIn(path);
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    copyIn(name === 'node-llama-cpp' ? `node_modules/${name}` : `node_modules/${name}/package.json`);
  }
  const { prepack = '' } = manifest.scripts ?? {};
  const scripts = { ...manifest.scripts, prepack: prepack.replace('node scripts/build.mjs && ', '') };
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, scripts }, undefined, 2));
  await runNpm(['pack', '--pack-destination', folder, '--cache', join(folder, 'cache')], copy);
  return join(folder, `gravix-${manifest.version}.tgz`);

  function copyIn(path: string): void {
    mkdirSync(join(copy, path, '..'), { recursive: true });
    // What is left out of the package is large: a name for each is enough to show that.
    const filter = (source: string) => !/gitRelease\.bundle$|\.map$|\.d\.ts$/.test(source);
    cpSync(join(root, path), join(copy, path), { recursive: true, filter });
    if (!path.endsWith('node-llama-cpp')) return;
    for (const name of ['llama/gitRelease.bundle', 'dist/index.js.map', 'dist/index.d.ts']) {
      writeFileSync(join(copy, path, name), '');
    }
  }
}

export function runNpm(words: readonly string[], cwd: string) {
  return run(isWindows ? 'npm.cmd' : 'npm', [...words, '--no-audit', '--no-fund'], { cwd, shell: isWindows });
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly bundleDependencies?: readonly string[];
  readonly overrides?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8'));
}
