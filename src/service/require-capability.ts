// What a deployment can't do is refused here, before anything is spent, in a sentence that names both. Services ask for an
// optional ability of a backend through these functions only.
import type { Backend, Tokenizer } from '../backend/backend.ts';
import type { Deployment } from '../gateway/router.ts';
import { ServiceError } from './service-error.ts';

type Served = Pick<Deployment, 'name' | 'deploymentName' | 'backend'>;

/** @throws {ServiceError} `unsupported_capability`, like all of these */
export function requireTokenizer(deployment: Served): Tokenizer {
  return deployment.backend.tokenizer ?? refuse(deployment, 'to show the tokens of a text');
}

export function requireTokenCounts(deployment: Served): NonNullable<Backend['countTokens']> {
  const { backend } = deployment;
  if (backend.countTokens === undefined) return refuse(deployment, 'to count the tokens of a prompt');
  return backend.countTokens.bind(backend);
}

export function requireEmbeddings(deployment: Served): NonNullable<Backend['embed']> {
  const { backend } = deployment;
  if (backend.embed === undefined) return refuse(deployment, 'to make embeddings');
  return backend.embed.bind(backend);
}

function refuse({ name, deploymentName }: Served, capability: string): never {
  throw new ServiceError(
    'unsupported_capability',
    `The model '${name}' is not able ${capability}: its deployment '${deploymentName}' lacks this capability.`,
    { kind: 'model' },
  );
}
