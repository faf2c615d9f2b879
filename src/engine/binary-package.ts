// Where the native engine's binaries are: node-llama-cpp has a package for each platform and each kind of computing.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The device that a binary computes on. */
export type ComputeKind = 'cpu' | 'cuda' | 'vulkan' | 'metal';

export interface Platform {
  /** As `process.platform` and `process.arch` name them. */
  readonly system: string;
  readonly architecture: string;
}

/** By `system-architecture`: which packages hold the binaries of each kind. CUDA's second one is for older and newer GPUs. */
const packageNames: Readonly<Record<string, Partial<Record<ComputeKind, readonly string[]>>>> = {
  'linux-x64': {
    cpu: ['linux-x64'],
    cuda: ['linux-x64-cuda', 'linux-x64-cuda-ext'],
    vulkan: ['linux-x64-vulkan'],
  },
  'linux-arm64': { cpu: ['linux-arm64'] },
  'darwin-x64': { cpu: ['mac-x64'] },
  // The same binary computes on the CPU and, with Metal, on the GPU.
  'darwin-arm64': { cpu: ['mac-arm64-metal'], metal: ['mac-arm64-metal'] },
  'win32-x64': {
    cpu: ['win-x64'],
    cuda: ['win-x64-cuda', 'win-x64-cuda-ext'],
    vulkan: ['win-x64-vulkan'],
  },
  'win32-arm64': { cpu: ['win-arm64'] },
};

/** The packages of a kind for a platform. Empty if there are none. */
export function toBinaryPackageNames(platform: Platform, kind: ComputeKind): readonly string[] {
  const names = packageNames[`${platform.system}-${platform.architecture}`]?.[kind] ?? [];
  return names.map((name) => `@node-llama-cpp/${name}`);
}

/** Of all platforms: what a package of Gravix asks for, so that an install brings the one of its platform. */
export function listCpuPackageNames(): readonly string[] {
  return Object.values(packageNames).flatMap(({ cpu = [] }) => cpu.map((name) => `@node-llama-cpp/${name}`));
}

export interface BinaryPackages {
  readonly names: readonly string[];
  /** Exactly this version is loaded, and no other. */
  readonly version: string;
  /**
   * The folder where the binding looks first. Packages installed here take precedence over packages in parent
   * folders.
   */
  readonly folder: string;
  readonly areInstalled: boolean;
}

/**
 * The packages of this kind as they are installed; undefined where the platform has none. A package of that name which is
 * another one, such as the empty one that our lockfile puts in the place of a GPU's, counts as absent.
 * @param from the folder in which the search for node-llama-cpp begins
 */
export function findBinaryPackages(
  platform: Platform,
  kind: ComputeKind,
  from: string = import.meta.dirname,
): BinaryPackages | undefined {
  const names = toBinaryPackageNames(platform, kind);
  if (names.length === 0) return undefined;
  const binding = findPackage('node-llama-cpp', from);
  if (binding === undefined) throw new Error('node-llama-cpp is not installed; `npm ci` installs it.');
  const folder = join(binding.folder, 'dist');
  const areInstalled = names.every((name) => {
    const found = findPackage(name, folder);
    return found?.name === name && found.version === binding.version;
  });
  return { names, version: binding.version, folder, areInstalled };
}

interface FoundPackage {
  readonly folder: string;
  readonly name: unknown;
  readonly version: string;
}

/** As Node looks for an imported package: in the `node_modules` of the folder, and of each one above. */
function findPackage(name: string, from: string): FoundPackage | undefined {
  const folder = join(from, 'node_modules', name);
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const found: { name?: unknown; version?: unknown } = JSON.parse(readFileSync(file, 'utf8'));
    return { folder, name: found.name, version: String(found.version) };
  }
  const parent = dirname(from);
  return parent === from ? undefined : findPackage(name, parent);
}
