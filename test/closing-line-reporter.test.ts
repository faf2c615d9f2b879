import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const projectRoot = join(import.meta.dirname, '..');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('counts tests, failed hooks, broken files and stray errors, and names what was skipped', async () => {
  const outcome = await runVitest({
    'plain.test.ts': `
      import { describe, expect, test } from 'vitest';
      test('passes', () => {});
      test('fails', () => expect(1).toBe(2));
      test('needs a database', (context) => context.skip('no database here'));
      describe('group', () => test.skip('left out', () => {}));
      test.todo('later');`,
    'hook.test.ts': `
      import { beforeAll, describe, test } from 'vitest';
      describe('group', () => {
        beforeAll(() => { throw new Error('hook failed'); });
        test('never runs', () => {});
      });`,
    'broken.test.ts': `import './not-there.ts';`,
    'stray.test.ts': `
      import { test } from 'vitest';
      test('passes', async () => {
        void Promise.reject(new Error('nobody waits for this'));
        await new Promise((resolve) => setTimeout(resolve, 50));
      });`,
  });
  expect(outcome.lines).toContain('skipped: plain.test.ts > needs a database: no database here');
  expect(outcome.lines).toContain('skipped: plain.test.ts > group > left out: no reason given');
  expect(outcome.lines).toContain('skipped: plain.test.ts > later: to be written');
  // Failed: the assertion, the hook, the import and the stray rejection. Skipped: three, and the hook's test.
  expect(outcome.lines.at(-1)).toBe('2 passed, 4 failed, 4 skipped');
  expect(outcome.exitCode).toBe(1);
});

test('closes a run in which all is well', async () => {
  const outcome = await runVitest({
    'a.test.ts': `import { test } from 'vitest'; test('passes', () => {});`,
  });
  expect(outcome.lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  expect(outcome.exitCode).toBe(0);
});

test('a run that finds no test is a failure, unless that was allowed', async () => {
  const refused = await runVitest({});
  expect(refused.lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
  expect(refused.exitCode).toBe(1);
  const allowed = await runVitest({}, ['--passWithNoTests']);
  expect(allowed.lines.at(-1)).toBe('0 passed, 0 failed, 0 skipped');
  expect(allowed.exitCode).toBe(0);
});

test('a global setup that fails is a failure', async () => {
  const setup = `export function setup() { throw new Error('the model could not be pulled'); }`;
  const outcome = await runVitest({
    'a.test.ts': `import { test } from 'vitest'; test('passes', () => {});`,
    'setup.ts': setup,
  });
  expect(outcome.lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
  expect(outcome.exitCode).toBe(1);
});

interface Outcome {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/** Runs vitest with our reporters over the given files, in a folder from which vitest can be imported. */
function runVitest(files: Record<string, string>, extraArguments: readonly string[] = []): Promise<Outcome> {
  mkdirSync(join(projectRoot, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, '.cache', 'reporter-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const reporter = join(projectRoot, 'test', 'closing-line-reporter.ts');
  const settings = {
    reporters: ['default', reporter],
    globalSetup: 'setup.ts' in files ? ['./setup.ts'] : [],
  };
  writeFileSync(join(folder, 'vitest.config.ts'), `export default { test: ${JSON.stringify(settings)} };`);
  const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const all = [vitest, 'run', '--root', folder, ...extraArguments];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      all,
      { env: { PATH: process.env['PATH'], NO_COLOR: '1' } },
      (error, stdout) => {
        resolve({ exitCode: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n') });
      },
    );
  });
}
