// What a request needs that only some backends can do. The service refuses what no deployment can do, and a composite
// backend chooses among the deployments that can do all of it.
import { type BackendCapabilities, fewStopsMax } from '../backend/backend-capabilities.ts';
import { neutralSampling } from '../backend/generation-request.ts';
import type { ContentPart } from '../backend/message-content.ts';
import type { RequestPlace } from '../backend/request-place.ts';
import type { RequestedGeneration } from '../backend/requested-generation.ts';

/** The parts of a request that need a capability that some backends lack. */
export type AskedGeneration = Pick<
  RequestedGeneration,
  | 'prompt'
  | 'outputFormat'
  | 'toolUse'
  | 'topLogprobs'
  | 'continuesLastMessage'
  | 'ending'
  | 'templateVariables'
  | 'stop'
  | 'maxTokens'
  | 'reasoning'
  | 'openSampling'
> & { readonly sampling: Pick<RequestedGeneration['sampling'], 'logitBias' | LackedSampling> };

/** Sampling parameters that some backends lack. */
type LackedSampling = 'topK' | 'minP' | 'repetitionPenalty';

/** A capability that a request needs. `outputFormats` is the one for the kind of its form. */
interface NeededCapability {
  readonly name: CapabilityName;
  /** Where the request asks for it. */
  readonly place: RequestPlace;
}

/** A backend with `grammar` takes every form, and no request needs it otherwise. `bendsForms` is no ability. */
export type CapabilityName = Exclude<keyof BackendCapabilities, 'grammar' | 'bendsForms'>;

/** The first thing that the request asks for and that is not among the capabilities. */
export function findMissingCapability(
  capabilities: BackendCapabilities,
  request: AskedGeneration,
): NeededCapability | undefined {
  for (const { name, findPlace } of needs) {
    if (hasCapability(capabilities, name, request)) continue;
    const place = findPlace(request);
    if (place !== undefined) return { name, place };
  }
  return undefined;
}

function hasCapability(
  capabilities: BackendCapabilities,
  name: CapabilityName,
  { outputFormat }: AskedGeneration,
): boolean {
  if (name !== 'outputFormats') return capabilities[name];
  return (
    outputFormat === undefined || capabilities.grammar || capabilities.outputFormats.has(outputFormat.kind)
  );
}

interface Need {
  readonly name: CapabilityName;
  /** Where the request asks for it; undefined: it does not. */
  readonly findPlace: (request: AskedGeneration) => RequestPlace | undefined;
}

const prompt: RequestPlace = { kind: 'prompt' };

/** In the order in which they are reported. */
const needs: readonly Need[] = [
  { name: 'images', findPlace: (request) => findImage(request, ({ kind }) => kind === 'image') },
  {
    name: 'imageAddresses',
    findPlace: (request) =>
      findImage(request, (part) => part.kind === 'image' && part.source.kind === 'address'),
  },
  { name: 'textPrompts', findPlace: ({ prompt: { kind } }) => (kind === 'chat' ? undefined : prompt) },
  { name: 'tokenPrompts', findPlace: ({ prompt: { kind } }) => (kind === 'tokens' ? prompt : undefined) },
  {
    name: 'echo',
    findPlace: (request) =>
      request.prompt.kind !== 'chat' && request.prompt.isEchoed ? { kind: 'echo' } : undefined,
  },
  {
    name: 'echoedTokens',
    findPlace: ({ prompt: asked, topLogprobs }) => {
      if (asked.kind === 'chat' || !asked.isEchoed) return undefined;
      return asked.kind === 'tokens' || topLogprobs !== undefined ? { kind: 'echo' } : undefined;
    },
  },
  {
    name: 'emptyAnswers',
    findPlace: ({ maxTokens }) => (maxTokens === 0 ? { kind: 'answer-length' } : undefined),
  },
  {
    name: 'suffix',
    findPlace: (request) =>
      request.prompt.kind === 'text' && request.prompt.suffix !== undefined ? { kind: 'suffix' } : undefined,
  },
  {
    name: 'prefill',
    findPlace: (request) => (request.continuesLastMessage ? { kind: 'continued-message' } : undefined),
  },
  { name: 'tools', findPlace: ({ toolUse }) => (toolUse === undefined ? undefined : { kind: 'tools' }) },
  {
    name: 'logprobs',
    findPlace: ({ topLogprobs }) => (topLogprobs === undefined ? undefined : { kind: 'log-probabilities' }),
  },
  {
    name: 'logitBias',
    findPlace: ({ sampling }) => ((sampling.logitBias?.size ?? 0) > 0 ? { kind: 'token-bias' } : undefined),
  },
  { name: 'topK', findPlace: (request) => findSampling(request, 'topK') },
  { name: 'minP', findPlace: (request) => findSampling(request, 'minP') },
  { name: 'repetitionPenalty', findPlace: (request) => findSampling(request, 'repetitionPenalty') },
  {
    name: 'manyStops',
    findPlace: ({ stop = [] }) => (stop.length > fewStopsMax ? { kind: 'stop-sequences' } : undefined),
  },
  {
    name: 'reasoningEffort',
    findPlace: ({ reasoning }) =>
      (reasoning?.effort ?? 'none') === 'none' ? undefined : { kind: 'reasoning-effort' },
  },
  {
    name: 'reasoningBudget',
    findPlace: ({ reasoning }) =>
      (reasoning?.tokensMax ?? 0) === 0 ? undefined : { kind: 'reasoning-budget' },
  },
  { name: 'endingRules', findPlace: findEndingRule },
  {
    name: 'templateVariables',
    findPlace: ({ templateVariables }) =>
      Object.keys(templateVariables).length > 0 ? { kind: 'template-variables' } : undefined,
  },
  {
    name: 'outputFormats',
    findPlace: ({ outputFormat }) =>
      outputFormat === undefined ? undefined : { kind: 'output-format', path: '' },
  },
];

/** A value that changes nothing needs nothing, and what the client left open is not asked for. */
function findSampling(
  { sampling, openSampling }: AskedGeneration,
  name: LackedSampling,
): RequestPlace | undefined {
  const value = sampling[name] ?? neutralSampling[name];
  const isAsked = value !== neutralSampling[name] && openSampling?.has(name) !== true;
  return isAsked ? { kind: 'sampling', name } : undefined;
}

function findImage(
  { prompt: asked }: AskedGeneration,
  isMeant: (part: ContentPart) => boolean,
): RequestPlace | undefined {
  if (asked.kind !== 'chat') return undefined;
  const index = asked.messages.findIndex(({ content }) => content.some(isMeant));
  const partIndex = asked.messages[index]?.content.findIndex(isMeant);
  return partIndex === undefined ? undefined : { kind: 'message', index, partIndex };
}

function findEndingRule({ ending }: AskedGeneration): RequestPlace | undefined {
  if (ending.stopTokens.length > 0) return { kind: 'stop-token' };
  return ending.minTokens > 0 || ending.isEndBarred ? { kind: 'model' } : undefined;
}
