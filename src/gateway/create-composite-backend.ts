// The deployments of one model as one backend. A request goes to the best place that can take it now (`choose-place.ts`),
// waits where there is none (`seats.ts`), and is tried elsewhere if its place fails before anything was sent
// (`attempts.ts`, `open-answer.ts`).
import type { Backend, BackendLoad, BackendState, Tokenizer } from '../backend/backend.ts';
import { BackendError } from '../backend/backend-error.ts';
import type { ChoiceEvent } from '../backend/choice-event.ts';
import type { EmbeddingRequest, Embeddings } from '../backend/embedding.ts';
import type { Generation, LostAttempt } from '../backend/generation.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import { placed } from '../backend/placed-text.ts';
import { type Affinity, toAffinity } from './affinity.ts';
import { type AttemptParts, type Call, tryPlaces } from './attempts.ts';
import { type Clock, systemClock } from './clock.ts';
import { combineCapabilities } from './combine-capabilities.ts';
import { combineDescriptions, combineLoads, combineStates } from './combine-places.ts';
import { createCompositeGeneration, type PlaceAttempt } from './composite-generation.ts';
import type { CompositePolicy } from './composite-policy.ts';
import type { Deployment } from './deployment.ts';
import { findMissingCapability } from './needed-capabilities.ts';
import { type AnswerForm, openAnswer, plainForm } from './open-answer.ts';
import { askPlace } from './question.ts';
import { createRetryBudget } from './retry-budget.ts';
import { createRoster, type Entry, type Roster } from './roster.ts';
import { Seats } from './seats.ts';
import { toPlaceRequest } from './to-place-request.ts';

/** Several deployments of one model as one backend. */
export interface CompositeBackend extends Backend {
  /** From now on requests go to these. A backend that is not among them is closed when its last request has ended. */
  replaceDeployments(deployments: readonly Deployment[]): void;
  /** The places that requests go to now. */
  listPlaces(): readonly PlaceState[];
}

export interface PlaceState {
  readonly deploymentName: string;
  /** Unique within its deployment. */
  readonly placeName: string;
  /** Requests are kept from it, or only one is let through. */
  readonly isOpen: boolean;
  /** It is open because the place failed; otherwise the place has too much load. */
  readonly isFailing: boolean;
  /** Until the next request may pass, in milliseconds; infinite while one is being tried. */
  readonly msUntilPass: number;
  readonly priority: number;
  readonly weight: number;
  readonly spillOverMs: number | undefined;
  readonly state: BackendState;
  /** Requests of ours that it holds. */
  readonly running: number;
  readonly load: BackendLoad;
}

/**
 * @param deployments at least one
 * @param onCloseFailure gets why a backend that was left out could not be closed
 */
export function createCompositeBackend(
  deployments: readonly Deployment[],
  policy: CompositePolicy,
  clock: Clock = systemClock,
  onCloseFailure: (error: unknown) => void = () => {},
): CompositeBackend {
  const roster = createRoster(deployments, policy, clock, onCloseFailure);
  const seats = new Seats(roster, policy, clock, (seat) => void askPlace(seat, { policy, clock }));
  const parts: CompositeParts = { roster, seats, policy, clock, budget: createRetryBudget(policy, clock) };
  const samples = () => listSamples(roster.entries());
  const hasSome = (ability: Ability) => samples().some((backend) => backend[ability] !== undefined);
  const capabilities = rememberFor(roster, (entries) =>
    combineCapabilities(entries.map((entry) => entry.capabilities)),
  );
  const passedParameters = rememberFor(
    roster,
    (entries) => new Set(listSamples(entries).flatMap(({ passedParameters: names = [] }) => [...names])),
  );
  const tokenizer: Tokenizer = {
    tokenize: (input, signal, origin) =>
      ask(parts, 'tokenizer', toAffinityOf(input), signal, (backend) =>
        backend.tokenizer?.tokenize(input, signal, origin),
      ),
    detokenize: (tokens, signal, origin) =>
      ask(parts, 'tokenizer', noAffinity, signal, (backend) =>
        backend.tokenizer?.detokenize(tokens, signal, origin),
      ),
  };
  const toAffinityOf = (input: Parameters<Tokenizer['tokenize']>[0]) =>
    input.kind === 'request' ? toAffinity(policy.modelName, input.request) : noAffinity;
  const generateChoices: NonNullable<Backend['generateChoices']> = (request, choiceCount, signal) =>
    begin(parts, request, signal, toChoicesForm(choiceCount), (backend, own, ownSignal) =>
      backend.generateChoices?.(own, choiceCount, ownSignal),
    );
  const countTokens: NonNullable<Backend['countTokens']> = (request, signal) =>
    ask(parts, 'countTokens', toAffinity(policy.modelName, request), signal, (backend) =>
      backend.countTokens?.(request, signal),
    );
  const embed: NonNullable<Backend['embed']> = (request, signal) =>
    ask(
      parts,
      'embed',
      noAffinity,
      signal,
      (backend, deploymentName) => embedAt(backend, deploymentName, request, signal),
      request.callerId,
    );
  return {
    get capabilities() {
      return capabilities();
    },
    get passedParameters() {
      return passedParameters();
    },
    describe: () => combineDescriptions(roster.entries()),
    state: () => combineStates(roster.entries()),
    load: () => combineLoads(roster.entries(), seats.waiting),
    generate: (request, signal) =>
      begin(parts, request, signal, plainForm, (backend, own, ownSignal) => backend.generate(own, ownSignal)),
    /** Only where every place has it: otherwise each choice is a request. */
    get generateChoices() {
      return samples().every((backend) => backend.generateChoices !== undefined)
        ? generateChoices
        : undefined;
    },
    get tokenizer() {
      return hasSome('tokenizer') ? tokenizer : undefined;
    },
    get countTokens() {
      return hasSome('countTokens') ? countTokens : undefined;
    },
    get embed() {
      return hasSome('embed') ? embed : undefined;
    },
    replaceDeployments: (next) => {
      roster.replace(next);
      seats.dispatch();
    },
    listPlaces: () => listPlaceStates(roster.entries()),
    close: async (drainTimeoutMs) => {
      seats.drain();
      await Promise.all(roster.backends().map((backend) => backend.close(drainTimeoutMs)));
      seats.close();
    },
  };
}

interface CompositeParts extends AttemptParts {
  readonly roster: Roster;
}

function listPlaceStates(entries: readonly Entry[]): readonly PlaceState[] {
  return entries.flatMap(({ deployment, places }) =>
    places.map(({ name, breaker, backend, running }) => ({
      deploymentName: deployment.name,
      placeName: name,
      isOpen: breaker.isOpen,
      isFailing: breaker.isFailing,
      msUntilPass: breaker.msUntilPass(),
      priority: deployment.priority,
      weight: deployment.weight,
      spillOverMs: deployment.spillOverMs,
      state: backend.state(),
      running,
      load: backend.load(),
    })),
  );
}

/** What only some backends have. */
type Ability = 'tokenizer' | 'countTokens' | 'embed';

function listSamples(entries: readonly Entry[]): readonly Backend[] {
  return entries.flatMap(({ sample }) => sample ?? []);
}

/** Computes it only when the deployments or their replicas have changed: each request asks for it. */
function rememberFor<Value>(roster: Roster, combine: (entries: readonly Entry[]) => Value): () => Value {
  let known: { readonly entries: readonly Entry[]; readonly value: Value } | undefined;
  return () => {
    const entries = roster.entries();
    if (known?.entries !== entries) known = { entries, value: combine(entries) };
    return known.value;
  };
}

/** Of requests that leave nothing in a prompt cache. */
const noAffinity: Affinity = { hash: 0, isNamed: false };

function toChoicesForm(choiceCount: number): AnswerForm<ChoiceEvent> {
  return {
    toEvent: ({ event }) => event,
    withEvent: ({ choice }, event) => ({ choice, event }),
    finishes: choiceCount,
  };
}

function begin<Event>(
  parts: CompositeParts,
  request: GenerationRequest,
  signal: AbortSignal,
  form: AnswerForm<Event>,
  generate: (backend: Backend, own: GenerationRequest, signal: AbortSignal) => Generation<Event> | undefined,
): Generation<Event> {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  const { roster, policy, clock } = parts;
  // Every delta of one that reports its usage is wanted as it comes.
  const isHeld = request.isStreamed === false && request.reportsUsage !== true;
  const attempts: PlaceAttempt[] = [];
  const call: Call = {
    callerId: request.callerId,
    isFurtherChoice: request.isFurtherChoice,
    affinity: toAffinity(policy.modelName, request),
    isCapable: toCapableTest(roster.entries(), request),
    avoided: new Set(),
    waitLeftMs: policy.queueWaitMsMax,
    signal: controller.signal,
  };
  const open = async () => {
    assertCapable(roster.entries(), request);
    return tryPlaces(
      call,
      (seat, mayMove) =>
        openAnswer(seat, mayMove, controller.signal, {
          form,
          isHeld,
          clock,
          waitedMs: policy.queueWaitMsMax - call.waitLeftMs,
          onStarted: (settled) => attempts.push({ servedBy: seat.entry.deployment.name, settled }),
          start: (ownSignal) => {
            const own = toPlaceRequest(request, seat.entry.capabilities, seat.entry.deployment.name);
            // Only a stream shows how fast it is.
            const { tokensPerSecondMin, firstTokenMs } = seat.entry.deployment;
            const watched = isHeld && (tokensPerSecondMin ?? firstTokenMs) !== undefined;
            const generation = generate(
              seat.place.backend,
              watched ? { ...own, isStreamed: true } : own,
              ownSignal,
            );
            return generation ?? throwUnable();
          },
        }),
      parts,
    );
  };
  const generation = createCompositeGeneration(open(), attempts, () => {
    controller.abort(new Error('The reader has left.'));
  });
  void generation.settled.then(() => signal.removeEventListener('abort', follow));
  return generation;
}

function embedAt(
  backend: Backend,
  servedBy: string,
  request: EmbeddingRequest,
  signal: AbortSignal,
): Promise<Embeddings> | undefined {
  const { onLost } = request;
  const own = onLost && { ...request, onLost: (attempt: LostAttempt) => onLost({ ...attempt, servedBy }) };
  return backend.embed?.(own ?? request, signal).then((made) => ({ ...made, servedBy }));
}

/** A short question that one of the places answers. */
function ask<Answer>(
  parts: CompositeParts,
  ability: Ability,
  affinity: Affinity,
  signal: AbortSignal,
  work: (backend: Backend, deploymentName: string) => Promise<Answer> | undefined,
  callerId?: string,
): Promise<Answer> {
  const call: Call = {
    callerId,
    isFurtherChoice: false,
    affinity,
    isCapable: ({ sample }) => sample?.[ability] !== undefined,
    avoided: new Set(),
    waitLeftMs: parts.policy.queueWaitMsMax,
    signal,
  };
  return tryPlaces(
    call,
    async (seat) => {
      try {
        const { entry, place } = seat;
        const answer = await (work(place.backend, entry.deployment.name) ?? throwUnable());
        seat.succeed();
        return answer;
      } finally {
        seat.release();
      }
    },
    parts,
  );
}

/**
 * Fields that we don't know go to a deployment that takes all of them, if one does: the client hears that they were taken.
 */
function toCapableTest(entries: readonly Entry[], request: GenerationRequest): (entry: Entry) => boolean {
  const isAble = ({ capabilities }: Entry) => findMissingCapability(capabilities, request) === undefined;
  const names = Object.keys(request.passedParameters ?? {});
  if (names.length === 0) return isAble;
  const takesAll = ({ sample }: Entry) => names.every((name) => sample?.passedParameters?.has(name));
  return entries.some((entry) => takesAll(entry) && isAble(entry))
    ? (entry) => takesAll(entry) && isAble(entry)
    : isAble;
}

/** The service has refused what none of them can do; here each of them lacks something. */
function assertCapable(entries: readonly Entry[], request: GenerationRequest): void {
  const missing = entries.map(({ capabilities }) => findMissingCapability(capabilities, request));
  const [first] = missing;
  if (first === undefined || missing.includes(undefined)) return;
  throw new BackendError(
    'invalid_request',
    placed`No deployment of this model can do all that the request asks for; the first one lacks what '${first.place}' needs.`,
    { place: first.place },
  );
}

/** The replicas of a deployment are of one kind, or its configuration is wrong. */
function throwUnable(): never {
  throw new BackendError('upstream_error', 'A replica of the deployment lacks an ability of the others.');
}
