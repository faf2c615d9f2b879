/**
 * The cache of Hugging Face's tools: `models--<owner>--<repository>/snapshots/<commit>/` holds a repository's files as
 * links to `blobs/`, where large files are named by their SHA-256. `refs/main` names the newest commit.
 * https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { readFolderIfThere } from '../library/model-manifest.ts';
import type { CandidateFile, ImportCandidate, ImportSurvey, SkippedImport } from './import-candidate.ts';

const shardPattern = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i;

export async function findHuggingFaceModels(folder: string): Promise<ImportSurvey> {
  const candidates: ImportCandidate[] = [];
  const skipped: SkippedImport[] = [];
  for (const repositoryFolder of (await readFolderIfThere(folder)).sort()) {
    const [, owner, name] = /^models--(.+?)--(.+)$/.exec(repositoryFolder) ?? [];
    if (owner === undefined || name === undefined) continue;
    const snapshot = await findSnapshot(join(folder, repositoryFolder));
    if (snapshot === undefined) continue;
    const survey = await surveySnapshot(snapshot, `${owner}/${name}`);
    candidates.push(...survey.candidates);
    skipped.push(...survey.skipped);
  }
  return { candidates, skipped };
}

/** The folder of `main`, or of the only commit there is. */
async function findSnapshot(repositoryFolder: string): Promise<string | undefined> {
  const snapshots = join(repositoryFolder, 'snapshots');
  const commits = (await readFolderIfThere(snapshots)).sort();
  const main = await readFile(join(repositoryFolder, 'refs', 'main'), 'utf8').catch(() => '');
  const commit = commits.find((name) => name === main.trim()) ?? commits.at(-1);
  return commit === undefined ? undefined : join(snapshots, commit);
}

async function surveySnapshot(snapshot: string, repository: string): Promise<ImportSurvey> {
  const paths = (await readdir(snapshot, { recursive: true })).filter((path) => /\.gguf$/i.test(path)).sort();
  const candidates: ImportCandidate[] = [];
  const skipped: SkippedImport[] = [];
  for (const path of paths) {
    const shard = shardPattern.exec(basename(path));
    if (shard !== null && Number(shard[2]) > 1) continue;
    const name = `hf:${repository}/${path.split(sep).join('/')}`;
    const wanted = shard === null ? [path] : listShards(path, Number(shard[3]));
    const isWhole = wanted.every((file) => paths.includes(file));
    const files = isWhole ? await Promise.all(wanted.map((file) => toFile(join(snapshot, file)))) : [];
    if (!isWhole) skipped.push({ name, reason: 'not all of its shards are there' });
    else if (files.includes(undefined)) skipped.push({ name, reason: 'its file is gone' });
    else
      candidates.push({
        name,
        origin: `Hugging Face, ${snapshot}`,
        files: files.filter((file) => file !== undefined),
        notes: [],
      });
  }
  return { candidates, skipped };
}

/** More shards than any model has; a number in a name must not make a long list. */
const shardsMax = 1000;

function listShards(firstPath: string, count: number): string[] {
  return Array.from({ length: Math.min(count, shardsMax) }, (_, index) =>
    firstPath.replace(/-\d{5}-of-/, `-${String(index + 1).padStart(5, '0')}-of-`),
  );
}

async function toFile(path: string): Promise<CandidateFile | undefined> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined) return undefined;
  const blob = basename(target);
  return {
    role: 'weights',
    fileName: basename(path),
    path: target,
    sha256: /^[0-9a-f]{64}$/.test(blob) ? blob : undefined,
  };
}
