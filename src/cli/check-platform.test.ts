import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installSampleModel } from '../../test/catalog/install-sample-model.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { defaultModelName } from '../catalog/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { checkPlatform, checkPython } from './check-platform.ts';

test('this platform has the binary that npm has installed', async () => {
  const here = { system: process.platform, architecture: process.arch };
  expect(await checkPlatform(here)).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/^\w+ (x64|arm64): @node-llama-cpp\/\S+ 3\.22\.1 is installed/),
  });
});

test.each([
  ['win32', 'arm64', /^The engine's binary for Windows arm64, @node-llama-cpp\/win-arm64 3\.22\.1, is not/],
  ['freebsd', 'x64', /^The engine has no binary for freebsd x64\.$/],
  ['linux', 'ia32', /^The engine has no binary for Linux ia32\.$/],
])('%s %s fails with a way out', async (system, architecture, message) => {
  expect(await checkPlatform({ system, architecture })).toEqual({
    status: 'fail',
    message: expect.stringMatching(message),
    wayOut: expect.any(String),
  });
});

function configure(model = defaultModelName, environment: Record<string, string> = {}) {
  return loadConfig({
    environment: { GRAVIX_HOME: createTemporaryFolder(), ...environment },
    flags: { model },
  });
}

test('a machine without Python is told where the default model comes from', async () => {
  const config = configure(defaultModelName, { HF_ENDPOINT: 'https://mirror.example' });
  expect(await checkPython(config, join(config.home, 'python3'))).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/is not installed\. .+ Hugging Face \(https:\/\/mirror\.example\/?\)\.$/),
    wayOut: expect.stringContaining('HF_ENDPOINT'),
  });
});

test('a Python without pip is none, and one with pip is named', async () => {
  const folder = createTemporaryFolder();
  const python = join(folder, 'python3');
  const write = (lines: string) => {
    writeFileSync(python, `#!/bin/sh\n${lines}\n`);
    chmodSync(python, 0o755);
  };
  write("echo 'No module named pip' >&2; exit 1");
  expect((await checkPython(configure(), python)).status).toBe('warn');
  write("echo 'pip 24.0 from /usr (python 3.12)'");
  expect(await checkPython(configure(), python)).toEqual({
    status: 'ok',
    message: `${python} has pip 24.0, which can fetch ${defaultModelName}.`,
  });
});

test('nothing is wrong where Python is not needed', async () => {
  expect(await checkPython(configure('ollama:m:1'), '/nowhere')).toMatchObject({
    status: 'ok',
    message: 'ollama:m:1 does not need Python.',
  });
  const config = configure();
  await installSampleModel(config.home, defaultModelName);
  expect(await checkPython(config, '/nowhere')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('is there already'),
  });
});
