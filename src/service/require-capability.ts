// Refuses requests that a deployment can't serve, before any work, with a sentence that names both. Services
// use optional abilities of a backend only through these functions.
import type { Backend, Tokenizer } from '../backend/backend.ts';
import { fewStopsMax } from '../backend/backend-capabilities.ts';
import type { OutputFormat } from '../backend/output-format.ts';
import { placed } from '../backend/placed-text.ts';
import type { RequestPlace } from '../backend/request-place.ts';
import {
  type AskedGeneration,
  type CapabilityName,
  findMissingCapability,
} from '../gateway/needed-capabilities.ts';
import type { RoutedModel } from '../gateway/router.ts';
import { ServiceError } from './service-error.ts';

type Served = Pick<RoutedModel, 'name' | 'deploymentName' | 'backend'>;

/** @throws {ServiceError} `unsupported_capability`, like all of these */
export function requireTokenizer(deployment: Served): Tokenizer {
  return deployment.backend.tokenizer ?? refuse(deployment, 'show the tokens of a text');
}

export function requireTokenCounts(deployment: Served): NonNullable<Backend['countTokens']> {
  const { backend } = deployment;
  if (backend.countTokens === undefined) return refuse(deployment, 'count the tokens of a prompt');
  return backend.countTokens.bind(backend);
}

export function requireEmbeddings(deployment: Served): NonNullable<Backend['embed']> {
  const { backend } = deployment;
  if (backend.embed === undefined) return refuse(deployment, 'make embeddings');
  return backend.embed.bind(backend);
}

/** Everything that a request asks for can be done. */
export function requireCapabilities(deployment: Served, request: AskedGeneration): void {
  const missing = findMissingCapability(deployment.backend.capabilities, request);
  if (missing === undefined) return;
  const { name, place } = missing;
  if (name === 'images' || name === 'imageAddresses') refuseImage(deployment, abilities[name], place);
  const form = request.outputFormat;
  const ability =
    name === 'outputFormats' && form !== undefined
      ? `${abilities[name]} ${formNames[form.kind]}`
      : abilities[name];
  refuse(deployment, ability, place);
}

/** Behind "can't". */
const abilities = {
  images: 'read images',
  imageAddresses: 'fetch images from addresses',
  textPrompts: 'continue a text that is not a conversation',
  tokenPrompts: 'accept token ids as a prompt',
  echo: 'repeat the prompt',
  echoedTokens: 'repeat the tokens of the prompt',
  emptyAnswers: 'evaluate a prompt without an answer',
  suffix: 'fill in text before a suffix',
  prefill: "continue the assistant's message",
  tools: 'call tools',
  logprobs: 'tell log-probabilities',
  logitBias: 'change the logits of tokens',
  topK: 'sample from a number of tokens',
  minP: 'sample by a minimum probability',
  repetitionPenalty: 'penalize repetitions by a factor',
  manyStops: `end at more than ${fewStopsMax} stop sequences`,
  reasoningEffort: 'reason with an effort',
  reasoningBudget: 'limit the tokens of its reasoning',
  endingRules: 'change the end of an answer',
  templateVariables: 'accept variables for the chat template',
  outputFormats: 'answer in the form of',
} as const satisfies Record<CapabilityName, string>;

const formNames = {
  'json-schema': 'a JSON Schema',
  'json-object': 'a JSON object',
  pattern: 'a pattern',
  choice: 'one of several texts',
  grammar: 'a grammar',
} as const satisfies Record<OutputFormat['kind'], string>;

function refuseImage({ name, deploymentName }: Served, ability: string, place: RequestPlace): never {
  throw new ServiceError(
    'unsupported_image',
    placed`Unsupported content at '${place}': the model '${name}' can't ${ability}: its deployment '${deploymentName}' lacks this capability.`,
    place,
  );
}

function refuse(
  { name, deploymentName }: Served,
  ability: string,
  place: RequestPlace = { kind: 'model' },
): never {
  throw new ServiceError(
    'unsupported_capability',
    `The model '${name}' can't ${ability}: its deployment '${deploymentName}' lacks this capability.`,
    place,
  );
}
