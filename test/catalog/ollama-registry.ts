import { createHash } from 'node:crypto';
import { type Behaviour, serve } from './file-server.ts';
import { answerJson, createRegistryServer, type RegistryServer } from './registry-server.ts';

export interface OllamaLayer {
  /** The last word of the media type, such as `model` or `params`. */
  readonly kind: string;
  readonly content: Buffer;
}

/**
 * Speaks as Ollama's registry does: a manifest for its accept header, and blobs that redirect to a storage server.
 * @param serveBlob how the storage server sends a blob
 */
export async function createOllamaRegistry(
  models: Readonly<Record<string, readonly OllamaLayer[]>>,
  serveBlob: Behaviour = serve,
): Promise<RegistryServer & { readonly storage: RegistryServer }> {
  const blobs = new Map(
    Object.values(models).flatMap((layers) =>
      layers.map(({ content }) => [toDigest(content), content] as const),
    ),
  );
  const storage = await createRegistryServer((request, response, { pathname }) => {
    const content = blobs.get(pathname.slice(1));
    if (content === undefined) return false;
    serveBlob(request, response, content);
    return true;
  }, 'localhost');
  const registry = await createRegistryServer((request, response, { pathname }) => {
    const [, name = '', kind, last = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
    if (kind === 'blobs' && blobs.has(last)) {
      response.writeHead(307, { location: `${storage.endpoint}/${last}` }).end();
      return true;
    }
    const layers = models[`${name}:${last}`];
    const isAccepted = request.headers.accept?.includes('docker.distribution.manifest.v2+json') === true;
    if (kind !== 'manifests' || layers === undefined || !isAccepted) return false;
    return answerJson(response, { schemaVersion: 2, layers: layers.map(toLayer) });
  });
  const close = async () => void (await Promise.all([registry.close(), storage.close()]));
  return { ...registry, storage, close };
}

export function toDigest(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function toLayer({ kind, content }: OllamaLayer) {
  return {
    mediaType: `application/vnd.ollama.image.${kind}`,
    digest: toDigest(content),
    size: content.length,
  };
}
