/**
 * Hugging Face: the description of a repository lists its files with checksums. Files are fetched at the
 * described commit, so that all parts of a model have the same version.
 *
 * https://huggingface.co/docs/hub/api. If a mirror omits sizes and checksums, the headers `X-Linked-ETag` and
 * `X-Linked-Size` of the file's URL have them.
 */
import { basename } from 'node:path/posix';
import { z } from 'zod';
import { toHuggingFaceUrl } from '../catalog-entry.ts';
import { fetchDocument, fetchHeaders } from '../download/fetch-document.ts';
import type { HuggingFaceReference } from '../model-reference.ts';
import { SourceError } from '../pull-error.ts';
import type { PlannedFile, PullPlan } from '../pull-plan.ts';
import { hasQuantization, listModelFiles, listShards } from './gguf-file-set.ts';
import type { PlanSettings } from './plan-settings.ts';

/** The quantizations to choose from by default, in this order: the usual balance first, then larger ones. */
const usualQuantizations = ['Q4_K_M', 'Q4_0', 'Q5_K_M', 'Q8_0', 'F16', 'BF16'];
/** Maximum number of names in an error. */
const namesShownMax = 20;

const sizeSchema = z.number().int().nonnegative();
const checksumSchema = z.string().regex(/^[0-9a-f]{64}$/);

const listedFileSchema = z.object({
  rfilename: z.string(),
  size: sizeSchema.optional(),
  lfs: z.object({ sha256: checksumSchema, size: sizeSchema }).nullish(),
});

const repositorySchema = z.object({
  sha: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  siblings: z.array(listedFileSchema),
  cardData: z.object({ license: z.string().optional().catch(undefined) }).nullish(),
});

type ListedFile = z.infer<typeof listedFileSchema>;

/** @throws SourceError if the repository or file does not exist, or if the choice is ambiguous */
export async function planFromHuggingFace(
  reference: HuggingFaceReference,
  settings: PlanSettings,
): Promise<PullPlan> {
  const { repository, revision } = reference;
  const endpoint = settings.huggingFaceEndpoint.replace(/\/+$/, '');
  const { authorize, transport, signal, limits } = settings;
  const url = `${endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const answer = repositorySchema.safeParse(
    await fetchDocument({ url, authorize, transport, signal, limits }),
  );
  if (!answer.success) throw new SourceError('its answer describes no repository', 'source');
  const { sha: commit = revision, siblings, cardData } = answer.data;
  const { path, notes } = chooseFile(reference, siblings);
  const files: PlannedFile[] = [];
  for (const shard of listShards(path)) {
    const listed = siblings.find(({ rfilename }) => rfilename === shard);
    if (listed === undefined) {
      throw new SourceError(`the file ${shard} is not there`, shard === path ? 'name' : 'source');
    }
    const address = toHuggingFaceUrl({ repository, file: shard, revision: commit }, endpoint);
    files.push(await toPlannedFile(listed, address, settings));
  }
  const license = cardData?.license;
  return {
    kind: 'huggingface',
    name: reference.name,
    origin: `Hugging Face ${repository} at ${commit.slice(0, 12)}`,
    ...(license === undefined ? {} : { license }),
    files,
    notes,
  };
}

function chooseFile(reference: HuggingFaceReference, siblings: readonly ListedFile[]) {
  const { file, quantization } = reference;
  if (file !== undefined) return { path: file, notes: [] };
  const paths = listModelFiles(siblings.map(({ rfilename }) => rfilename));
  if (paths.length === 0) throw new SourceError('it has no GGUF files', 'name');
  if (quantization !== undefined) {
    const found = paths.filter((path) => hasQuantization(path, quantization));
    return { path: assertOne(found, `${quantization} fits`, paths), notes: [] };
  }
  for (const usual of usualQuantizations) {
    const [path, ...others] = paths.filter((each) => hasQuantization(each, usual));
    if (path !== undefined && others.length === 0 && paths.length > 1) {
      return { path, notes: [`Of its ${paths.length} model files ${path} was chosen.`] };
    }
  }
  return { path: assertOne(paths, 'the name fits', paths), notes: [] };
}

function assertOne(found: readonly string[], words: string, all: readonly string[]): string {
  const [path, ...others] = found;
  if (path !== undefined && others.length === 0) return path;
  const shown = all.slice(0, namesShownMax).join(', ');
  const more = all.length > namesShownMax ? ` and ${all.length - namesShownMax} more` : '';
  throw new SourceError(
    `${words} ${found.length || 'none'} of its model files; name one of them: ${shown}${more}`,
    'name',
  );
}

async function toPlannedFile(
  { rfilename, size, lfs }: ListedFile,
  url: string,
  { authorize, transport, signal, limits }: PlanSettings,
): Promise<PlannedFile> {
  const described =
    lfs === undefined || lfs === null
      ? toLinkedFile(await fetchHeaders({ url, authorize, transport, signal, limits }))
      : { sizeBytes: lfs.size, sha256: lfs.sha256 };
  return {
    role: 'weights',
    fileName: basename(rfilename),
    sizeBytes: described.sizeBytes ?? size,
    sha256: described.sha256,
    sources: [{ kind: 'http', url }],
  };
}

/** For a file in Git LFS, the ETag of the link target is its SHA-256. */
function toLinkedFile(headers: Headers) {
  const etag = headers.get('x-linked-etag')?.replaceAll('"', '');
  const size = headers.get('x-linked-size') ?? '';
  return {
    sha256: checksumSchema.safeParse(etag).data,
    sizeBytes: /^\d+$/.test(size) ? Number(size) : undefined,
  };
}
