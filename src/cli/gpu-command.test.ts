import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { readNvidiaGpu, readVulkanGpu } from '../app/gpu.ts';
import { toInstallCommand, toShellLine } from './gpu-command.ts';

/** Only here are there CUDA's and Vulkan's binaries, and programs that a shell may stand for. */
const hasKinds = process.platform === 'linux' && process.arch === 'x64';

/** A folder with a program of this name that prints this and ends with 0. */
function createProgram(name: string, text: string): string {
  const folder = createTemporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${text}'\n`);
  chmodSync(path, 0o755);
  return folder;
}

const nvidia = 'GPU 0: NVIDIA H100 PCIe (UUID: GPU-1b2c)';

function vulkan(type: string): string {
  return `Devices:\n========\nGPU0:\n\tdeviceType         = PHYSICAL_DEVICE_TYPE_${type}\n\tdeviceName         = Arc A770\n`;
}

test('reads what the programs of the drivers say', () => {
  expect(readNvidiaGpu(`${nvidia}\nGPU 1: another`)).toBe('NVIDIA H100 PCIe');
  expect(readNvidiaGpu('No devices were found')).toBeUndefined();
  expect(readVulkanGpu(vulkan('DISCRETE_GPU'))).toBe('Arc A770');
  expect(readVulkanGpu(vulkan('CPU'))).toBeUndefined();
  expect(readVulkanGpu(`${vulkan('CPU')}${vulkan('INTEGRATED_GPU').replace('GPU0', 'GPU1')}`)).toBe(
    'Arc A770',
  );
  expect(readVulkanGpu('')).toBeUndefined();
});

test('the command names exact versions and leaves package.json and the lockfile alone', () => {
  const names = ['@node-llama-cpp/linux-x64-cuda', '@node-llama-cpp/linux-x64-cuda-ext'];
  const words = toInstallCommand({ names, version: '1.2.3', folder: "/it's here", areInstalled: false });
  expect(toShellLine(words, 'linux')).toBe(
    "npm install --prefix '/it'\\''s here' --no-save --no-package-lock --ignore-scripts @node-llama-cpp/linux-x64-cuda@1.2.3 @node-llama-cpp/linux-x64-cuda-ext@1.2.3",
  );
  expect(toShellLine(['npm', 'C:\\My files\\a', 'C:\\b'], 'win32')).toBe('npm "C:\\My files\\a" C:\\b');
});

test.runIf(hasKinds)('a GPU that is found decides, and a kind that is named goes before it', async () => {
  const PATH = createProgram('nvidia-smi', nvidia);
  const found = await runCommand(['gpu', '--json'], { environment: { PATH } });
  expect(found).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(found.stdout)).toMatchObject({
    kind: 'cuda',
    detected: { kind: 'cuda', name: 'NVIDIA H100 PCIe' },
    packages: ['@node-llama-cpp/linux-x64-cuda', '@node-llama-cpp/linux-x64-cuda-ext'],
    areInstalled: false,
  });
  const named = await runCommand(['gpu', '--kind', 'vulkan'], { environment: { PATH } });
  expect(named.stdout).toMatch(
    /^Found NVIDIA H100 PCIe \(cuda\)\.\nThis adds the vulkan binary.+\n\n {2}npm install /,
  );
});

test.runIf(hasKinds)('without a GPU, without npm and with a wrong kind it says so, and fails', async () => {
  const environment = { PATH: createTemporaryFolder() };
  expect(await runCommand(['gpu'], { environment })).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/^gravix: No GPU was found: .+--kind vulkan.+\n$/),
  });
  expect(await runCommand(['gpu', '--kind', 'vulkan', '--run'], { environment })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^gravix: npm can't be started: .+ENOENT.+\n$/),
  });
  expect(await runCommand(['gpu', '--kind', 'abacus'])).toMatchObject({ exitCode: 1 });
});
