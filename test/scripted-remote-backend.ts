// A second kind of backend behind the contract, as a remote server of OpenAI's API would be one: it can't show or count
// tokens, tells usage only at the end, takes schemas and no grammars, reads images, and makes several choices of one request.
import type { Backend } from '../src/backend/backend.ts';
import type { BackendCapabilities } from '../src/backend/backend-capabilities.ts';
import type { ChoiceEvent } from '../src/backend/choice-event.ts';
import type { ChoicesGeneration, Generation } from '../src/backend/generation.ts';
import {
  type FinishEvent,
  type GenerationEvent,
  noUsage,
  type TokenUsage,
} from '../src/backend/generation-event.ts';
import type { GenerationRequest } from '../src/backend/generation-request.ts';
import { mergeChoices } from '../src/service/chat/merge-choices.ts';
import { toChoiceRequest } from '../src/service/chat/to-choice-request.ts';
import { createScriptedBackend, type Script, type ScriptedBackend } from './scripted-backend.ts';

export const remoteCapabilities: BackendCapabilities = {
  grammar: false,
  outputFormats: new Set(['json-schema', 'json-object']),
  tools: true,
  images: true,
  imageAddresses: true,
  logprobs: true,
  prefill: false,
  textPrompts: true,
  tokenPrompts: false,
  echo: false,
  echoedTokens: false,
  emptyAnswers: false,
  suffix: false,
  logitBias: true,
  topK: true,
  minP: true,
  repetitionPenalty: false,
  manyStops: false,
  reasoningEffort: true,
  reasoningBudget: false,
  endingRules: false,
  templateVariables: false,
  bendsForms: true,
};

export interface ScriptedRemoteBackend
  extends Backend,
    Pick<ScriptedBackend, 'requests' | 'endings' | 'running' | 'setState'> {
  /** How many choices each request asked for. */
  readonly choiceCounts: readonly number[];
}

export function createScriptedRemoteBackend(script: Script): ScriptedRemoteBackend {
  const choiceCounts: number[] = [];
  const requests: GenerationRequest[] = [];
  const {
    tokenizer: _tokenizer,
    countTokens: _countTokens,
    requests: _requests,
    ...backend
  } = createScriptedBackend(script);
  const begin = (request: GenerationRequest, choiceCount: number) => {
    assertNoGrammar(request);
    requests.push(request);
    choiceCounts.push(choiceCount);
  };
  return {
    ...backend,
    requests,
    choiceCounts,
    capabilities: remoteCapabilities,
    load: () => ({ running: backend.running(), waiting: 0, slots: undefined, cacheUse: undefined }),
    generate: (request, signal) => {
      begin(request, 1);
      return tellAtTheEnd(backend.generate(request, signal));
    },
    generateChoices: (request, choiceCount, signal) => {
      begin(request, choiceCount);
      const leave = new AbortController();
      const generations = Array.from({ length: choiceCount }, (_, choice) =>
        // A script answers each choice as it would answer a request of its own.
        backend.generate(toChoiceRequest(request, choice), AbortSignal.any([signal, leave.signal])),
      );
      return joinGenerations(generations.map(tellAtTheEnd), (reason) => leave.abort(reason));
    },
  };
}

/** What the service must not send to a server that knows no grammars. */
function assertNoGrammar({ grammar, toolUse }: GenerationRequest): void {
  const hasGrammar =
    grammar !== undefined ||
    toolUse?.callsMax !== undefined ||
    toolUse?.tools.some(({ argumentsGrammars }) => argumentsGrammars !== undefined) === true;
  if (hasGrammar) throw new Error('A remote server was sent a grammar.');
}

/** Nothing is known of the counts until the last event; where it never comes, whoever reads has counted pieces. */
function tellAtTheEnd({ events, settled }: Generation): Generation {
  let finished: TokenUsage | undefined;
  let isStarted = false;
  async function* read(): AsyncGenerator<GenerationEvent> {
    for await (const event of events) {
      if (event.type === 'finish') finished = event.usage;
      if (event.type === 'started') isStarted = true;
      yield event.type === 'started' ? { type: 'started' } : event;
    }
  }
  return {
    events: read(),
    settled: settled.then((cost) => {
      if (finished !== undefined) return finished;
      return isStarted ? { ...cost, promptTokens: 0, cachedTokens: 0, isEstimated: true } : noUsage;
    }),
  };
}

/** All choices as one: usage is that of all of them, with the finish of the first, which comes last. */
function joinGenerations(
  generations: readonly Generation[],
  abort: (reason: unknown) => void,
): ChoicesGeneration {
  async function* read(): AsyncGenerator<ChoiceEvent> {
    const finishes: FinishEvent[] = [];
    let held: FinishEvent | undefined;
    for await (const { choice, event } of mergeChoices(
      generations.map(({ events }) => events),
      abort,
    )) {
      if (event.type !== 'finish') {
        yield { choice, event };
        continue;
      }
      finishes.push(event);
      if (choice === 0) held = event;
      else yield { choice, event: { ...event, usage: noUsage } };
    }
    if (held !== undefined) {
      const usage = sumCosts(finishes.map((finish) => finish.usage));
      yield { choice: 0, event: { ...held, usage } };
    }
  }
  const settled = Promise.all(generations.map((generation) => generation.settled)).then(sumCosts);
  return { events: read(), settled };
}

/** The prompt was evaluated once for all. */
function sumCosts(costs: readonly TokenUsage[]): TokenUsage {
  const sum = (name: 'completionTokens' | 'reasoningTokens') =>
    costs.reduce((total, cost) => total + cost[name], 0);
  return {
    ...(costs[0] ?? noUsage),
    completionTokens: sum('completionTokens'),
    reasoningTokens: sum('reasoningTokens'),
    ...(costs.some(({ isEstimated }) => isEstimated === true) ? { isEstimated: true } : {}),
  };
}
