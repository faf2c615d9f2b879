import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { listCpuPackageNames } from '../src/engine/binary-package.ts';
import { type Manifest, packGravix, readManifest } from './pack-gravix.ts';
import { createSuiteFolder } from './temporary-folder.ts';

interface PublishedManifests {
  readonly root: unknown;
}

// Scripts run before anything is installed, and so are plain JavaScript without types.
const script: string = '../scripts/published-manifests.mjs';
const { toPublishedManifests } = (await import(script)) as {
  toPublishedManifests(
    root: Manifest,
    manifests: Readonly<Record<string, Manifest>>,
    binaryNames: readonly string[],
  ): PublishedManifests;
};

const root = join(import.meta.dirname, '..');
const clone = readManifest(join(root, 'package.json'));
const folder = createSuiteFolder();
const packed = join(folder, 'package');

beforeAll(async () => {
  const tarball = await packGravix(folder);
  await promisify(execFile)('tar', ['xzf', tarball, '-C', folder]);
}, 60_000);

test('it asks for the binaries of the CPU, of all platforms and with the exact version', () => {
  const { optionalDependencies, dependencies = {} } = readManifest(join(packed, 'package.json'));
  const version = clone.dependencies?.['node-llama-cpp'];
  expect(optionalDependencies).toEqual(
    Object.fromEntries([...listCpuPackageNames()].sort().map((name) => [name, version])),
  );
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(dependencies).toMatchObject(clone.dependencies ?? {});
});

test('no package in it asks for an overridden one, and none has a script that npm runs', () => {
  const { bundleDependencies = [] } = readManifest(join(packed, 'package.json'));
  expect(bundleDependencies).toEqual(['node-llama-cpp']);
  const overridden = Object.keys(clone.overrides ?? {});
  for (const path of ['.', ...bundleDependencies.map((name) => `node_modules/${name}`)]) {
    const manifest = readManifest(join(packed, path, 'package.json'));
    const asked = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    expect(asked.filter((name) => overridden.includes(name))).toEqual([]);
    expect(manifest.scripts).toBeUndefined();
  }
});

test('what the bundled packages ask for, the package asks for', () => {
  const { dependencies = {} } = readManifest(join(packed, 'package.json'));
  const asked = readManifest(join(root, 'node_modules/node-llama-cpp/package.json')).dependencies ?? {};
  const wanted = Object.entries(asked).filter(([other]) => !(other in (clone.overrides ?? {})));
  expect(wanted.length).toBeGreaterThan(0);
  expect(dependencies).toMatchObject(Object.fromEntries(wanted));
});

test('it holds what runs, with its licences, and no sources, maps or types of others', () => {
  const files = readdirSync(packed, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  for (const wanted of [
    ...['dist/main.js', 'README.md', 'LICENSE', 'CHANGELOG.md'],
    ...['node_modules/node-llama-cpp/dist/index.js', 'node_modules/node-llama-cpp/LICENSE'],
    // What /docs shows.
    ...['docs/guides/chat.md', 'docs/api/errors.md', 'docs/settings.md', 'docs/SECURITY.md'],
  ]) {
    expect(files).toContain(wanted);
  }
  const unwanted = /\.map$|\.d\.ts$|gitRelease\.bundle$|^src|^scripts|^node_modules\/(?!node-llama-cpp)/;
  expect(files.filter((path) => path.startsWith('node_modules/') && unwanted.test(path))).toEqual([]);
  expect(files.filter((path) => /^(?:src|scripts|test|docs\/(?:decisions|pictures))\b/.test(path))).toEqual(
    [],
  );
});

test('afterwards the clone has its own manifests again', () => {
  const copy = join(folder, 'clone');
  const { scripts, overrides, bundleDependencies } = readManifest(join(copy, 'package.json'));
  expect({ overrides, bundleDependencies }).toEqual({ overrides: clone.overrides });
  expect(scripts?.['postpack']).toBe(clone.scripts?.['postpack']);
  const path = join('node_modules', 'node-llama-cpp', 'package.json');
  expect(readFileSync(join(copy, path), 'utf8')).toBe(readFileSync(join(root, path), 'utf8'));
  expect(existsSync(join(copy, '.cache', 'before-pack'))).toBe(false);
});

test('a pack that was killed is undone by the next', async () => {
  const copy = join(folder, 'clone');
  const run = (name: string) => promisify(execFile)(process.execPath, [join(copy, 'scripts', name)]);
  const path = join(copy, 'package.json');
  const before = readFileSync(path, 'utf8');
  await run('prepack.mjs');
  const replaced = readFileSync(path, 'utf8');
  expect(readManifest(path).bundleDependencies).toHaveLength(1);
  await run('prepack.mjs');
  expect(readFileSync(path, 'utf8')).toBe(replaced);
  await run('postpack.mjs');
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('a folder that is not there is refused before anything is replaced', async () => {
  const copy = join(folder, 'clone');
  const before = readFileSync(join(copy, 'package.json'), 'utf8');
  const env = { ...process.env, npm_config_pack_destination: join(folder, 'nowhere') };
  await expect(
    promisify(execFile)(process.execPath, [join(copy, 'scripts', 'prepack.mjs')], { env }),
  ).rejects.toThrow(`There is no folder ${env.npm_config_pack_destination}`);
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(before);
});

test('two ranges for one package are refused rather than chosen between', () => {
  const manifest: Manifest = {
    name: 'a',
    version: '1.0.0',
    dependencies: { binding: '1.0.0', shared: '^1.0.0' },
    overrides: { gpu: 'npm:empty@1.0.0' },
  };
  const of = (range: string) => ({
    binding: {
      name: 'binding',
      version: '1.0.0',
      dependencies: { shared: range },
      optionalDependencies: { cpu: '1.0.0', gpu: '1.0.0' },
    },
    shared: { name: 'shared', version: '1.0.0' },
  });
  expect(toPublishedManifests(manifest, of('^1.0.0'), ['cpu', 'gpu']).root).toEqual({
    name: 'a',
    version: '1.0.0',
    dependencies: { binding: '1.0.0', shared: '^1.0.0' },
    optionalDependencies: { cpu: '1.0.0' },
    bundleDependencies: ['binding'],
  });
  expect(() => toPublishedManifests(manifest, of('^2.0.0'), ['cpu'])).toThrow(
    'binding wants shared@^2.0.0, and package.json ^1.0.0.',
  );
});
