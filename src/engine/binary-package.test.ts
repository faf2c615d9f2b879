import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { findBinaryPackages, toBinaryPackageNames } from './binary-package.ts';

const root = join(import.meta.dirname, '..', '..');
const linux = { system: 'linux', architecture: 'x64' };

function addPackage(folder: string, place: string, name: string, version: string): void {
  const at = join(folder, 'node_modules', place);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version }));
}

test('every package that is named is one of the binding, and each of its GPU packages is overridden', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const known = Object.keys(read('node_modules/node-llama-cpp/package.json').optionalDependencies);
  const names = ['linux', 'darwin', 'win32'].flatMap((system) =>
    ['x64', 'arm64'].flatMap((architecture) =>
      (['cpu', 'cuda', 'vulkan', 'metal'] as const).flatMap((kind) =>
        toBinaryPackageNames({ system, architecture }, kind),
      ),
    ),
  );
  expect(known).toEqual(expect.arrayContaining(names));
  const optional = names.filter((name) => /cuda|vulkan/.test(name));
  expect(Object.keys(read('package.json').overrides)).toEqual(expect.arrayContaining(optional));
  expect(optional).toHaveLength(6);
});

test('the binary of this CPU is installed, in the version of the binding', () => {
  const platform = { system: process.platform, architecture: process.arch };
  expect(findBinaryPackages(platform, 'cpu')).toMatchObject({ areInstalled: true, version: '3.22.1' });
});

test('an empty package in the place of the real one, another version and half of two are none', () => {
  const folder = createTemporaryFolder();
  const find = () => findBinaryPackages(linux, 'cuda', join(folder, 'src'))?.areInstalled;
  addPackage(folder, 'node-llama-cpp', 'node-llama-cpp', '1.2.3');
  const [cuda = '', extra = ''] = toBinaryPackageNames(linux, 'cuda');
  for (const name of [cuda, extra]) addPackage(folder, name, 'empty-npm-package', '1.0.0');
  expect(find()).toBe(false);
  const dist = join(folder, 'node_modules', 'node-llama-cpp', 'dist');
  addPackage(dist, cuda, cuda, '1.2.3');
  expect(find()).toBe(false);
  addPackage(dist, extra, extra, '1.2.2');
  expect(find()).toBe(false);
  addPackage(dist, extra, extra, '1.2.3');
  expect(find()).toBe(true);
});

test('a platform without a GPU binary has none, and a missing binding is said', () => {
  expect(findBinaryPackages({ system: 'linux', architecture: 'arm64' }, 'cuda')).toBeUndefined();
  expect(findBinaryPackages({ system: 'sunos', architecture: 'x64' }, 'cpu')).toBeUndefined();
  expect(() => findBinaryPackages(linux, 'cpu', createTemporaryFolder())).toThrow('`npm ci`');
});
