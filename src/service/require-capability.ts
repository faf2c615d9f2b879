// Refuses requests that a deployment can't serve, before any work, with a sentence that names both. Services
// use optional abilities of a backend only through these functions.
import type { Backend, Tokenizer } from '../backend/backend.ts';
import type { BackendCapabilities } from '../backend/backend-capabilities.ts';
import type { ContentPart } from '../backend/message-content.ts';
import type { OutputFormat } from '../backend/output-format.ts';
import { placed } from '../backend/placed-text.ts';
import type { RequestPlace } from '../backend/request-place.ts';
import type { RequestedGeneration } from '../backend/requested-generation.ts';
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

/** The parts of a request that need a capability that some backends lack. */
type AskedGeneration = Pick<
  RequestedGeneration,
  | 'prompt'
  | 'outputFormat'
  | 'toolUse'
  | 'topLogprobs'
  | 'continuesLastMessage'
  | 'ending'
  | 'templateVariables'
> & { readonly sampling: Pick<RequestedGeneration['sampling'], 'logitBias'> };

/** Everything that a request asks for can be done. */
export function requireCapabilities(deployment: Served, request: AskedGeneration): void {
  const { capabilities } = deployment.backend;
  const { outputFormat } = request;
  const image = capabilities.images ? undefined : findImage(request);
  if (image !== undefined) refuseImage(deployment, image);
  for (const { name, ability, findPlace } of requestNeeds) {
    const place = capabilities[name] ? undefined : findPlace(request);
    if (place !== undefined) refuse(deployment, ability, place);
  }
  if (outputFormat === undefined || capabilities.grammar) return;
  if (capabilities.outputFormats.has(outputFormat.kind)) return;
  refuse(deployment, `answer in the form of ${formNames[outputFormat.kind]}`, {
    kind: 'output-format',
    path: '',
  });
}

interface RequestNeed {
  readonly name: Exclude<keyof BackendCapabilities, 'images' | 'grammar' | 'outputFormats'>;
  /** Behind "can't". */
  readonly ability: string;
  /** Where the request asks for it; undefined: it does not. */
  readonly findPlace: (request: AskedGeneration) => RequestPlace | undefined;
}

const prompt: RequestPlace = { kind: 'prompt' };

const requestNeeds: readonly RequestNeed[] = [
  {
    name: 'textPrompts',
    ability: 'continue a text that is not a conversation',
    findPlace: ({ prompt: { kind } }) => (kind === 'chat' ? undefined : prompt),
  },
  {
    name: 'tokenPrompts',
    ability: 'accept token ids as a prompt',
    findPlace: ({ prompt: { kind } }) => (kind === 'tokens' ? prompt : undefined),
  },
  {
    name: 'echo',
    ability: 'repeat the prompt',
    findPlace: (request) =>
      request.prompt.kind !== 'chat' && request.prompt.isEchoed ? { kind: 'echo' } : undefined,
  },
  {
    name: 'suffix',
    ability: 'fill in text before a suffix',
    findPlace: (request) =>
      request.prompt.kind === 'text' && request.prompt.suffix !== undefined ? { kind: 'suffix' } : undefined,
  },
  {
    name: 'prefill',
    ability: "continue the assistant's message",
    findPlace: (request) => (request.continuesLastMessage ? { kind: 'continued-message' } : undefined),
  },
  {
    name: 'tools',
    ability: 'call tools',
    findPlace: ({ toolUse }) => (toolUse === undefined ? undefined : { kind: 'tools' }),
  },
  {
    name: 'logprobs',
    ability: 'tell log-probabilities',
    findPlace: ({ topLogprobs }) => (topLogprobs === undefined ? undefined : { kind: 'log-probabilities' }),
  },
  {
    name: 'logitBias',
    ability: 'change the logits of tokens',
    findPlace: ({ sampling }) => ((sampling.logitBias?.size ?? 0) > 0 ? { kind: 'token-bias' } : undefined),
  },
  { name: 'endingRules', ability: 'change the end of an answer', findPlace: findEndingRule },
  {
    name: 'templateVariables',
    ability: 'accept variables for the chat template',
    findPlace: ({ templateVariables }) =>
      Object.keys(templateVariables).length > 0 ? { kind: 'template-variables' } : undefined,
  },
];

const formNames = {
  'json-schema': 'a JSON Schema',
  'json-object': 'a JSON object',
  pattern: 'a pattern',
  choice: 'one of several texts',
  grammar: 'a grammar',
} as const satisfies Record<OutputFormat['kind'], string>;

function findImage({ prompt: asked }: AskedGeneration): RequestPlace | undefined {
  if (asked.kind !== 'chat') return undefined;
  const isImage = (part: ContentPart) => part.kind === 'image';
  const index = asked.messages.findIndex(({ content }) => content.some(isImage));
  const partIndex = asked.messages[index]?.content.findIndex(isImage);
  return partIndex === undefined ? undefined : { kind: 'message', index, partIndex };
}

function findEndingRule({ ending }: AskedGeneration): RequestPlace | undefined {
  if (ending.stopTokens.length > 0) return { kind: 'stop-token' };
  return ending.minTokens > 0 || ending.isEndBarred ? { kind: 'model' } : undefined;
}

function refuseImage({ name, deploymentName }: Served, place: RequestPlace): never {
  throw new ServiceError(
    'unsupported_image',
    placed`Unsupported content at '${place}': the model '${name}' can't read images: its deployment '${deploymentName}' lacks this capability.`,
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
