import type { Backend, BackendDescription, BackendLoad, BackendState } from '../../backend/backend.ts';
import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import { BackendError } from '../../backend/backend-error.ts';
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { EmbeddingRequest, Embeddings } from '../../backend/embedding.ts';
import { estimateEmbeddingTokens } from '../../backend/estimate-prompt-tokens.ts';
import type { ChoicesGeneration, Generation, LostAttempt } from '../../backend/generation.ts';
import { noUsage } from '../../backend/generation-event.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import { placed } from '../../backend/placed-text.ts';
import { dialects } from '../../protocol/openai/upstream/dialects.ts';
import { toUpstreamCapabilities } from '../../protocol/openai/upstream/to-upstream-capabilities.ts';
import {
  toUpstreamChatRequest,
  toUpstreamCompletionRequest,
} from '../../protocol/openai/upstream/to-upstream-request.ts';
import { createUpstreamAnswerReader } from '../../protocol/openai/upstream/upstream-answer-reader.ts';
import {
  readUpstreamEmbeddings,
  toUpstreamEmbeddingRequest,
} from '../../protocol/openai/upstream/upstream-embeddings.ts';
import { createEventQueue } from '../../queueing/event-queue.ts';
import { projectHeaderDefault, timeoutDefaults } from '../../upstream-rules/upstream-defaults.ts';
import { findContextLength } from '../probe/upstream-facts.ts';
import type { UpstreamDeploymentOptions } from '../upstream-options.ts';
import { askJson } from './ask-json.ts';
import { toCallTrace, toTraceHeaders } from './call-trace.ts';
import { type OpenAnswer, openAnswer } from './open-answer.ts';
import { createPromptCounter, type PromptCounter } from './prompt-counter.ts';
import { toEasierForm, wholeForm } from './to-easier-form.ts';
import { toUpstreamCall } from './to-upstream-call.ts';
import type { UpstreamServer } from './upstream-server.ts';
import { createUpstreamTokenizer } from './upstream-tokenizer.ts';

/** A model of a server of OpenAI's API, as a backend. */
export function createUpstreamBackend(server: UpstreamServer, options: UpstreamDeploymentOptions): Backend {
  server.usedModels.add(options.model);
  const tokens = createUpstreamTokenizer(server, options);
  const backend = new UpstreamBackend(server, options, createPromptCounter(tokens.countTokens));
  const { choices } = dialects[server.endpoint.kind];
  return {
    capabilities: backend.capabilities,
    passedParameters: new Set(options.passParameters),
    describe: () => backend.describe(),
    state: () => backend.state(),
    load: () => backend.load(),
    generate: (request, signal) => backend.generate(request, signal),
    ...(choices
      ? {
          generateChoices: (request: GenerationRequest, choiceCount: number, signal: AbortSignal) =>
            backend.generateChoices(request, choiceCount, signal),
        }
      : {}),
    ...tokens,
    embed: (request, signal) => backend.embed(request, signal),
    close: (drainTimeoutMs) => backend.close(drainTimeoutMs),
  };
}

class UpstreamBackend {
  readonly capabilities: BackendCapabilities;
  readonly #server: UpstreamServer;
  readonly #options: UpstreamDeploymentOptions;
  readonly #countPrompt: PromptCounter | undefined;
  /** Of an answer, with the defaults. */
  readonly #times: typeof timeoutDefaults;
  readonly #running = new Set<{ breakOff(error: unknown): void }>();
  #closing: 'draining' | 'closed' | undefined;
  /** One for each call of `close` that waits: a reload closes by the model, by its deployments and by their upstream. */
  readonly #onIdle: (() => void)[] = [];

  constructor(
    server: UpstreamServer,
    options: UpstreamDeploymentOptions,
    countPrompt: PromptCounter | undefined,
  ) {
    this.#server = server;
    this.#options = options;
    this.#countPrompt = countPrompt;
    this.#times = { ...timeoutDefaults, ...toSet(options.timeouts) };
    this.capabilities = toUpstreamCapabilities(server.endpoint.kind, options.capabilities);
  }

  describe(): BackendDescription | undefined {
    const { probe, endpoint } = this.#server;
    const facts = probe.facts();
    const { makesEmbeddings = false } = this.#options;
    if (probe.state() === 'starting') return undefined;
    return {
      fingerprint: facts.version === undefined ? endpoint.kind : `${endpoint.kind}-${facts.version}`,
      task: makesEmbeddings ? 'embed' : 'generate',
      contextLength: this.#contextLength(),
      slots: undefined,
    };
  }

  state(): BackendState {
    return this.#closing ?? this.#server.probe.state();
  }

  load(): BackendLoad {
    const { metrics } = this.#server.probe.facts();
    const running = this.#running.size;
    return {
      // The figures are of the last probe: what was sent since then is at least known here.
      running: Math.max(running, metrics?.running ?? 0),
      waiting: metrics?.waiting ?? 0,
      slots: undefined,
      cacheUse: metrics?.cacheUse,
    };
  }

  generate(request: GenerationRequest, signal: AbortSignal): Generation {
    return this.#open(request, 1, signal, ({ event }) => event);
  }

  generateChoices(request: GenerationRequest, choiceCount: number, signal: AbortSignal): ChoicesGeneration {
    return this.#open(request, choiceCount, signal, (event) => event);
  }

  async embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embeddings> {
    if (this.#closing !== undefined) throw createClosingError();
    const aborting = new AbortController();
    const work = { breakOff: (error: unknown) => aborting.abort(error) };
    this.#running.add(work);
    try {
      const { model, timeouts } = this.#options;
      const body = toUpstreamEmbeddingRequest(request, model);
      const both = AbortSignal.any([signal, aborting.signal]);
      return await askJson(
        this.#server,
        {
          below: 'base',
          path: '/embeddings',
          body,
          model,
          purpose: 'embeddings',
          origin: { requestId: request.id, traceparent: request.traceparent },
          timeouts,
          read: (value) => readUpstreamEmbeddings(value, request),
          toUsage: ({ promptTokens, isEstimated = false }) => ({ ...noUsage, promptTokens, isEstimated }),
          onUnanswered: () => {
            const lost = toLostEmbeddings(request);
            request.onLost?.(lost);
            return lost;
          },
        },
        both,
      );
    } finally {
      this.#end(work);
    }
  }

  async close(drainTimeoutMs: number): Promise<void> {
    this.#closing ??= 'draining';
    if (this.#running.size > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#onIdle.push(resolve);
      });
      const timer = setTimeout(() => {
        for (const answer of this.#running) answer.breakOff(createClosingError());
      }, drainTimeoutMs);
      await idle;
      clearTimeout(timer);
    }
    this.#closing = 'closed';
  }

  #open<Event>(
    request: GenerationRequest,
    choiceCount: number,
    signal: AbortSignal,
    toEvent: (event: ChoiceEvent) => Event,
  ): Generation<Event> {
    if (signal.aborted) return createRefusal(signal.reason);
    try {
      if (this.#closing !== undefined) throw createClosingError();
      if (!this.capabilities.imageAddresses) assertNoImageAddresses(request);
      const answer = this.#send(request, choiceCount, signal, toEvent);
      this.#running.add(answer);
      void answer.settled.then(() => this.#end(answer));
      return answer;
    } catch (error) {
      return createRefusal(error);
    }
  }

  #send<Event>(
    request: GenerationRequest,
    choiceCount: number,
    signal: AbortSignal,
    toEvent: (event: ChoiceEvent) => Event,
  ): OpenAnswer<Event> {
    const { connections, endpoint, probe, onCall } = this.#server;
    const { model, timeouts, passParameters } = this.#options;
    const countPrompt = this.#countPrompt;
    const dialect = dialects[endpoint.kind];
    const { connectMs, firstTokenMs, betweenChunksMs, totalMs } = this.#times;
    const { isStreamed: isAsked = true, reportsUsage = false, projectId, requestId = request.id } = request;
    const trace = toCallTrace({ requestId, traceparent: request.traceparent });
    const isStreamed = isAsked || reportsUsage || timeouts.firstTokenMs !== undefined;
    const contextLength = this.#contextLength();
    const form = {
      model,
      isStreamed,
      choiceCount,
      dialect,
      passParameters,
      contextLength,
    };
    let sentForm = wholeForm;
    const promptKind = request.prompt.kind;
    const isChat = promptKind === 'chat';
    const { projectHeader = projectHeaderDefault } = endpoint;
    const isTold = endpoint.mode === 'router' && projectId !== undefined;
    const toRequest = () => {
      const whole = sentForm === wholeForm ? form : { ...form, ...sentForm };
      return this.#server.toRequest({
        below: 'base',
        path: isChat ? '/chat/completions' : '/completions',
        body: isChat ? toUpstreamChatRequest(request, whole) : toUpstreamCompletionRequest(request, whole),
        connectMs,
        headers: {
          ...toTraceHeaders(trace),
          ...(isTold && { [projectHeader]: projectId }),
        },
      });
    };
    return openAnswer({
      connections,
      request: toRequest(),
      toEasierRequest: (refused) => {
        const easier = toEasierForm(refused, sentForm, request, form);
        if (easier === undefined) return undefined;
        sentForm = easier;
        return toRequest();
      },
      refused: { promptKind, contextLength },
      reader: createUpstreamAnswerReader({ request, form, contextLength }),
      countPrompt: countPrompt && (() => countPrompt(request)),
      times: {
        firstTokenMs: isStreamed ? firstTokenMs : undefined,
        betweenChunksMs,
        totalMs,
      },
      signal,
      toEvent,
      onSent: request.onSent && ((settled) => request.onSent?.({ settled })),
      onOutcome: (error) => {
        if (error === undefined) probe.note('ready');
        else if (isUnreachable(error)) probe.note('failed', error);
      },
      onEnd:
        onCall &&
        ((end) =>
          onCall(
            toUpstreamCall(end, { ...trace, model, purpose: isChat ? 'chat' : 'completion', isStreamed }),
          )),
    });
  }

  #contextLength(): number | undefined {
    const { contextLength, model } = this.#options;
    return contextLength ?? findContextLength(this.#server.probe.facts(), model);
  }

  #end(answer: { breakOff(error: unknown): void }): void {
    this.#running.delete(answer);
    if (this.#running.size > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

/** Nobody has counted them. */
function toLostEmbeddings({ inputs }: EmbeddingRequest): LostAttempt {
  return { ...noUsage, promptTokens: estimateEmbeddingTokens(inputs), isEstimated: true };
}

function createClosingError(): BackendError {
  return new BackendError('overloaded', 'The server is stopping.');
}

function createRefusal<Event>(error: unknown): Generation<Event> {
  const events = createEventQueue<Event>();
  events.fail(error);
  return { events, settled: Promise.resolve(noUsage) };
}

/** Without the fields that are undefined, which would hide a default. */
function toSet(timeouts: UpstreamDeploymentOptions['timeouts']): Partial<typeof timeoutDefaults> {
  return Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value !== undefined));
}

function assertNoImageAddresses({ prompt }: GenerationRequest): void {
  if (prompt.kind !== 'chat') return;
  for (const [index, { content }] of prompt.messages.entries()) {
    const partIndex = content.findIndex((part) => part.kind === 'image' && part.source.kind === 'address');
    if (partIndex < 0) continue;
    const place = { kind: 'message', index, partIndex } as const;
    throw new BackendError(
      'unsupported_messages',
      placed`Invalid value for '${place}': this model takes images as data (data:image/png;base64,…), not as addresses.`,
      { place },
    );
  }
}

/** No connection could be made. */
function isUnreachable(error: unknown): boolean {
  const cause = error instanceof BackendError ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/.test(code);
}
