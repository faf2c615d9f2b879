import { createHash } from 'node:crypto';
import { serve } from './file-server.ts';
import { answerJson, createRegistryServer, type RegistryServer } from './registry-server.ts';

export const sampleCommit = '0123456789abcdef0123456789abcdef01234567';

export interface HuggingFaceRepository {
  /** By path. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly license?: string;
  /** Answers 401 without this token. */
  readonly token?: string;
  /** Leaves sizes and checksums out of the listing, as a mirror may. */
  readonly isTerse?: boolean;
}

/** Speaks as Hugging Face does: a description, and files that redirect to a storage server with linked headers. */
export async function createHuggingFaceServer(
  repositories: Readonly<Record<string, HuggingFaceRepository>>,
): Promise<RegistryServer & { readonly storage: RegistryServer }> {
  const storage = await createRegistryServer((request, response, { pathname }) => {
    const [, owner, name, ...path] = pathname.split('/');
    const content = repositories[`${owner}/${name}`]?.files[path.join('/')];
    if (content === undefined) return false;
    serve(request, response, content);
    return true;
  }, 'localhost');
  const hub = await createRegistryServer((request, response, { pathname }) => {
    const [, name = '', path] =
      /^\/api\/models\/([^/]+\/[^/]+)\/revision\/main$/.exec(pathname) ??
      new RegExp(`^/([^/]+/[^/]+)/resolve/${sampleCommit}/(.+)$`).exec(pathname) ??
      [];
    const repository = repositories[name];
    if (repository === undefined) return false;
    if (repository.token !== undefined && request.headers.authorization !== `Bearer ${repository.token}`) {
      response.writeHead(401).end('{"error":"Repository not found"}');
      return true;
    }
    if (path === undefined) return answerJson(response, describe(repository));
    const content = repository.files[decodeURIComponent(path)];
    if (content === undefined) return false;
    const linked = {
      location: `${storage.endpoint}/${name}/${path}`,
      'x-linked-etag': `"${toSha256(content)}"`,
      'x-linked-size': content.length,
      'x-repo-commit': sampleCommit,
    };
    response.writeHead(302, linked).end();
    return true;
  });
  const close = async () => void (await Promise.all([hub.close(), storage.close()]));
  return { ...hub, storage, close };
}

export function toSha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function describe({ files, license, isTerse = false }: HuggingFaceRepository) {
  const siblings = Object.entries(files).map(([rfilename, content]) =>
    isTerse
      ? { rfilename }
      : { rfilename, size: content.length, lfs: { sha256: toSha256(content), size: content.length } },
  );
  return { sha: sampleCommit, siblings, cardData: { license } };
}
