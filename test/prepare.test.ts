import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectWithin } from './expect-within.ts';

const projectRoot = join(import.meta.dirname, '..');
let parent = '';
let folder = '';
let first: Outcome;

/** A project of one file with our scripts, whose only package is a link to our own compiler: no network. */
beforeAll(async () => {
  mkdirSync(join(projectRoot, '.cache'), { recursive: true });
  parent = mkdtempSync(join(projectRoot, '.cache', 'prepare-'));
  folder = join(parent, 'base');
  cpSync(join(projectRoot, 'scripts'), join(folder, 'scripts'), { recursive: true });
  const compiler = relative(folder, join(projectRoot, 'node_modules', 'typescript')).replaceAll('\\', '/');
  const dependencies = { typescript: `file:${compiler}` };
  writeJson('package.json', {
    name: 'probe',
    version: '1.0.0',
    type: 'module',
    dependencies,
    bin: { probe: 'dist/main.js' },
  });
  writeLockfile('1.0.0', compiler, dependencies);
  const compilerOptions = { module: 'nodenext', rootDir: 'src', strict: true, skipLibCheck: true, types: [] };
  writeJson('tsconfig.json', {});
  writeJson('tsconfig.build.json', { compilerOptions, include: ['src'], exclude: ['src/**/*.test.ts'] });
  writeSource('main.ts', `#!/usr/bin/env node\ndeclare const console: any; console.log('one');`);
  first = await runScript('start');
}, 60_000);

/** Each test has a copy of what the first start made, at the same depth, so that the link holds. */
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'copy-'));
  cpSync(join(parent, 'base'), folder, { recursive: true, verbatimSymlinks: true });
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

test('installs and builds once, then starts with nothing to do', async () => {
  expect(first.stderr).toContain('Packages installed in');
  expect(first.stderr).toContain('Built in');
  expect(first.stdout).toBe('one\n');

  // The limit holds the whole process, on a machine that runs other tests beside it.
  await expectWithin(2_000, async () => {
    expect(await runScript('start')).toEqual({ exitCode: 0, stdout: 'one\n', stderr: '' });
  });
});

test('npx finds the programs of the package', async () => {
  expect(await runProgram('npx', ['--offline', '--cache', join(parent, 'npm-cache'), 'probe'])).toEqual({
    exitCode: 0,
    stdout: 'one\n',
    stderr: '',
  });
});

test('builds again for a changed, a new and a deleted source, and leaves no stale file', async () => {
  writeSource('old.ts', 'export const old = 1;');
  await runScript('build');
  expect(await readdir(join(folder, 'dist'))).toContain('old.js');

  rmSync(join(folder, 'src', 'old.ts'));
  writeSource('fresh.ts', 'export const fresh = 1;');
  writeSource('fresh.test.ts', 'this is not TypeScript');
  const outcome = await runScript('build');
  expect(outcome.exitCode).toBe(0);
  expect((await readdir(join(folder, 'dist'))).sort()).toEqual(['.gravix-build', 'fresh.js', 'main.js']);
  expect(await readdir(join(folder, '.cache'))).toEqual([]);

  writeSource('fresh.test.ts', 'this is another text');
  expect((await runScript('build')).stderr).toBe('');
});

test('a build that fails says so and leaves the last good one in place', async () => {
  writeSource('main.ts', 'export const broken: string = 1;');
  const outcome = await runScript('start');
  expect(outcome.exitCode).not.toBe(0);
  expect(outcome.stdout).toContain('src/main.ts(1,14): error TS2322');
  expect(outcome.stderr).toContain('The build failed');
  expect(await readFile(join(folder, 'dist', 'main.js'), 'utf8')).toContain('one');
});

test('installs again for a changed lockfile, and says what to do when npm fails', async () => {
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  const outcome = await runScript('build');
  expect(outcome.exitCode).not.toBe(0);
  expect(outcome.stderr).toContain('The packages could not be installed');
  expect(outcome.stderr).not.toContain('at async');
  expect(existsSync(join(folder, 'node_modules', '.gravix-install'))).toBe(true);
  // What the failed install left does not pass for the new lockfile's packages.
  expect((await runScript('build')).exitCode).not.toBe(0);
});

test('two that start at once take turns, and a lock whose owner is gone is void', async () => {
  rmSync(join(folder, 'node_modules'), { recursive: true });
  rmSync(join(folder, 'dist'), { recursive: true });
  // No process can have this id: it is above the largest that Linux and macOS give out.
  writeFileSync(join(folder, '.cache', 'prepare.lock'), '99999999');
  const outcomes = await Promise.all([runScript('start'), runScript('start')]);
  expect(outcomes.map(({ stdout }) => stdout)).toEqual(['one\n', 'one\n']);
  const said = outcomes.map(({ stderr }) => stderr).join('');
  expect(said.match(/Packages installed in/g)).toHaveLength(1);
  expect(said.match(/Built in/g)).toHaveLength(1);
});

test('refuses an old Node in one sentence', async () => {
  const code = `import { assertNodeVersion } from './scripts/prepare.mjs';
    for (const version of ['20.19.0', '22.0.0', '24.1.0']) assertNodeVersion(version);
    for (const version of ['18.20.4', '20.18.3']) {
      try { assertNodeVersion(version); } catch (error) { console.log(error.message); }
    }`;
  const { stdout } = await runNode(['--input-type=module', '--eval', code]);
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringContaining('needs Node 20.19 or newer, and this is Node 18.20.4.'),
    expect.stringContaining('needs Node 20.19 or newer, and this is Node 20.18.3.'),
  ]);
});

/** Npm tells what it starts which project is meant, and here it is another one. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isKept = (name: string) => !/^(?:npm_|INIT_CWD$)/i.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isKept(name)));
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runScript(name: 'start' | 'build'): Promise<Outcome> {
  return runNode([join(folder, 'scripts', `${name}.mjs`)]);
}

function runNode(nodeArguments: readonly string[]): Promise<Outcome> {
  return runProgram(process.execPath, nodeArguments);
}

function runProgram(program: string, words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, words, { cwd: folder, env: withoutNpm(process.env) }, (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

function writeLockfile(version: string, compiler: string, dependencies: Record<string, string>): void {
  writeJson('package-lock.json', {
    name: 'probe',
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'probe', version, dependencies },
      [compiler]: {},
      'node_modules/typescript': { resolved: compiler, link: true },
    },
  });
}

function writeSource(name: string, text: string): void {
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src', name), text);
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}
