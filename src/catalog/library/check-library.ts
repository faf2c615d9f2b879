import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { computeFileSha256 } from '../file-checksum.ts';
import { collectNamedBlobs } from './collect-unnamed-blobs.ts';
import { encodeFileName, type LibraryLayout, toBlobPath, toBlobSha256 } from './library-layout.ts';
import type {
  LibraryCheckOptions,
  LibraryLeftover,
  LibraryProblem,
  LibraryReport,
} from './library-report.ts';
import { hasRightShardLinks } from './link-shards.ts';
import { type ModelManifest, readFolderIfThere, readManifests } from './model-manifest.ts';

/** Looks at every manifest, blob and link, and changes nothing. */
export async function checkLibrary(
  layout: LibraryLayout,
  options: LibraryCheckOptions = {},
): Promise<LibraryReport> {
  const models: string[] = [];
  const problems: LibraryProblem[] = [];
  for (const { path, manifest } of await readManifests(layout)) {
    if (manifest === undefined) {
      problems.push({ kind: 'unreadable-manifest', name: path, message: toUnreadable(path) });
    } else {
      models.push(manifest.name);
      problems.push(...(await findProblems(layout, manifest, options)));
    }
  }
  return { models, problems, leftovers: await findLeftovers(layout) };
}

function toUnreadable(path: string): string {
  return `The manifest ${path} can't be read: it is damaged, or from a later version of Gravix. Pull its model again.`;
}

async function findProblems(
  layout: LibraryLayout,
  manifest: ModelManifest,
  options: LibraryCheckOptions,
): Promise<LibraryProblem[]> {
  const problems: LibraryProblem[] = [];
  for (const file of manifest.files) {
    options.signal?.throwIfAborted();
    const problem = await findFileProblem(toBlobPath(layout, file.sha256), file, options);
    if (problem !== undefined) {
      const { kind, fault } = problem;
      const { name } = manifest;
      const message = `The model ${name} is damaged: ${fault}. Run \`gravix pull ${name} --force\` to pull it again, or \`gravix rm ${name}\`.`;
      problems.push({ kind, name, message });
    }
  }
  if (problems.length === 0 && !(await hasRightShardLinks(layout, manifest))) {
    const message = `The links to the shards of ${manifest.name} are wrong; \`gravix models --check --repair\` recreates them.`;
    problems.push({ kind: 'wrong-links', name: manifest.name, message });
  }
  return problems;
}

async function findFileProblem(
  blobPath: string,
  { fileName, sizeBytes, sha256 }: ModelManifest['files'][number],
  { withChecksums = false, signal }: LibraryCheckOptions,
): Promise<{ kind: LibraryProblem['kind']; fault: string } | undefined> {
  const found = await stat(blobPath).catch(() => undefined);
  if (found === undefined) {
    const target = await readlink(blobPath).catch(() => undefined);
    return target === undefined
      ? { kind: 'missing', fault: `its file ${fileName} is missing` }
      : { kind: 'outside-gone', fault: `it was imported from ${target}, which is gone` };
  }
  if (found.size !== sizeBytes) {
    return { kind: 'wrong-size', fault: `its file ${fileName} has ${found.size} bytes, not ${sizeBytes}` };
  }
  if (withChecksums && (await computeFileSha256(blobPath, { signal })) !== sha256) {
    return { kind: 'wrong-checksum', fault: `the checksum of its file ${fileName} has changed` };
  }
  return undefined;
}

/** In the models folder itself lie folders of ours, locks, and what an earlier version or a person has put there. */
export async function findLeftovers(layout: LibraryLayout): Promise<LibraryLeftover[]> {
  const named = await collectNamedBlobs(layout);
  const manifests = await readManifests(layout);
  const shards = new Set(
    manifests.map(({ manifest }) => (manifest === undefined ? '' : encodeFileName(manifest.name))),
  );
  const ours = new Set([layout.manifests, layout.blobs, layout.shards, layout.staging]);
  return [
    ...(await classify(layout.blobs, (file) => {
      const sha256 = toBlobSha256(file);
      if (sha256 === undefined) return 'unknown';
      return named.has(sha256) ? undefined : 'unnamed-blob';
    })),
    ...(await classify(layout.shards, (file) => (shards.has(file) ? undefined : 'unnamed-shards'))),
    ...(await classify(layout.staging, () => 'partial-download')),
    ...(await classify(layout.manifests, (file) => {
      if (file.endsWith('.json')) return undefined;
      return file.endsWith('.new') ? 'unfinished-write' : 'unknown';
    })),
    ...(await classify(layout.folder, (file, path) =>
      ours.has(path) || /\.lock(\.takeover)?$/.test(file) ? undefined : 'unknown',
    )),
  ];
}

async function classify(
  folder: string,
  toKind: (file: string, path: string) => LibraryLeftover['kind'] | undefined,
): Promise<LibraryLeftover[]> {
  const leftovers: LibraryLeftover[] = [];
  for (const file of (await readFolderIfThere(folder)).sort()) {
    const path = join(folder, file);
    const kind = toKind(file, path);
    if (kind !== undefined) leftovers.push({ kind, path, sizeBytes: await measure(path) });
  }
  return leftovers;
}

/** Of a file, or of all in a folder; links count nothing. */
async function measure(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.isFile() ? found.size : 0;
  const entries = await readdir(path);
  const sizes = await Promise.all(entries.map((entry) => measure(join(path, entry))));
  return sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
}
