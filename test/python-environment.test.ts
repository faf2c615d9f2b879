import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { pythonEnvironment } from './python-environment.ts';

test('gives a Python that imports the pinned openai package', { timeout: 300_000 }, async (context) => {
  const python = await pythonEnvironment();
  if (python === undefined) return context.skip('python3 with venv is not installed');
  const version = execFileSync(python, ['-c', 'import openai; print(openai.__version__)'], {
    encoding: 'utf8',
  });
  expect(version.trim()).toMatch(/^3\.\d+\.\d+$/);
  expect(await pythonEnvironment()).toBe(python);
});

test('says why there is none', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  expect(await pythonEnvironment('python-that-is-not-there')).toBeUndefined();
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('python-that-is-not-there'));
  warn.mockRestore();
});
