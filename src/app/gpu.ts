import { execFile } from 'node:child_process';
import {
  type BinaryPackages,
  type ComputeKind,
  findBinaryPackages,
  type Platform,
} from '../engine/binary-package.ts';

export type { BinaryPackages, ComputeKind, Platform };
export { findBinaryPackages };

export interface DetectedGpu {
  readonly kind: Extract<ComputeKind, 'cuda' | 'vulkan'>;
  readonly name: string;
}

/** Timeout for a vendor's program, in milliseconds. A sleeping GPU takes seconds to wake up. */
const detectMsMax = 15_000;

/** Asks the programs of the GPU drivers. Undefined if neither reports a GPU. */
export async function detectGpu(): Promise<DetectedGpu | undefined> {
  const nvidia = readNvidiaGpu(await ask('nvidia-smi', ['-L']));
  if (nvidia !== undefined) return { kind: 'cuda', name: nvidia };
  const vulkan = readVulkanGpu(await ask('vulkaninfo', ['--summary']));
  return vulkan === undefined ? undefined : { kind: 'vulkan', name: vulkan };
}

/** Parses `nvidia-smi -L`: `GPU 0: NVIDIA H100 PCIe (UUID: GPU-…)`. */
export function readNvidiaGpu(text: string): string | undefined {
  return /^GPU \d+: (.+?)(?: \(UUID|$)/m.exec(text)?.[1];
}

/** Parses `vulkaninfo --summary` for the first hardware device. Software drivers report a CPU. */
export function readVulkanGpu(text: string): string | undefined {
  for (const device of text.split(/^GPU\d+:/m).slice(1)) {
    const isGpu = /deviceType\s*=\s*PHYSICAL_DEVICE_TYPE_(?:DISCRETE|INTEGRATED|VIRTUAL)_GPU/.test(device);
    if (isGpu) return /deviceName\s*=\s*(.+)/.exec(device)?.[1]?.trim() ?? 'a GPU';
  }
  return undefined;
}

/** The output of a program, or nothing if it is missing or fails. */
function ask(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, [...words], { timeout: detectMsMax, windowsHide: true }, (error, output) => {
      resolve(error === null ? output : '');
    });
  });
}
