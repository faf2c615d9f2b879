// A response while it is made. Every event of a generation becomes the events of the stream that it is; the plain
// answer is the response of the last one.
import type { FinishReason, GenerationEvent } from '../../../backend/generation-event.ts';
import type { ToCost } from '../shared/completion-usage.ts';
import type { ErrorBody } from '../shared/error.ts';
import { createUsageMeter } from '../shared/usage-meter.ts';
import { createCustomCallItem } from './open-custom-call.ts';
import {
  createCallItem,
  createMessageItem,
  createReasoningItem,
  type ItemPlace,
  type OpenItem,
} from './open-item.ts';
import { type CalledTools, toCalledTool } from './read-response-tools.ts';
import type { ResponseEvent, UnplacedEvent } from './response-event.ts';
import { type OutputItem, toResponseUsage, type WireResponse } from './response-object.ts';

/** The parts that do not depend on the answer. */
export type ResponseEnvelope = Omit<
  WireResponse,
  'object' | 'completed_at' | 'status' | 'error' | 'incomplete_details' | 'output' | 'usage'
>;

export interface ResponseFoldOptions {
  readonly envelope: ResponseEnvelope;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Absent: all are functions. */
  readonly calledTools?: CalledTools;
  /** Reasoning also has the form in which clients send it back. Default: false. */
  readonly encryptsReasoning?: boolean;
  /** Every delta has the usage so far. Default: false. */
  readonly reportsUsage?: boolean;
  /** Absent: the model has no price. */
  readonly toCost?: ToCost | undefined;
}

export interface ResponseFold {
  add(event: GenerationEvent): ResponseEvent[];
  /** All events of a stream whose request was refused. */
  refuse(body: ErrorBody): ResponseEvent[];
  /** The last events of a stream that broke. */
  fail(body: ErrorBody): ResponseEvent[];
}

/** The codes of a failed response that clients of OpenAI act on. */
const failureCodes: ReadonlySet<string | null> = new Set([
  'context_length_exceeded',
  'insufficient_quota',
  'rate_limit_exceeded',
]);

/** What any other failure is to them. The event before it has Gravix's code. */
const otherFailureCode = 'server_error';

/** Why a response is incomplete; undefined: it is not. */
const incompleteReasons = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
  stop: undefined,
  'tool-calls': undefined,
} as const satisfies Record<FinishReason, string | undefined>;

const idPrefixes = { message: 'msg', reasoning: 'rs', function_call: 'fc', custom_tool_call: 'ctc' } as const;

export function createResponseFold({
  envelope,
  now,
  calledTools = new Map(),
  encryptsReasoning = false,
  reportsUsage,
  toCost,
}: ResponseFoldOptions): ResponseFold {
  const output: OutputItem[] = [];
  let open: OpenItem | undefined;
  let sequenceNumber = 0;
  const place = (events: readonly UnplacedEvent[]): ResponseEvent[] =>
    events.map((event) => {
      const placed = { ...event, sequence_number: sequenceNumber };
      sequenceNumber += 1;
      return placed;
    });
  const toResponse = (changes: Partial<WireResponse>): WireResponse => ({
    ...envelope,
    object: 'response',
    completed_at: null,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    output: [...output],
    usage: null,
    ...changes,
  });
  const close = (status: 'completed' | 'incomplete'): UnplacedEvent[] => {
    if (open === undefined) return [];
    const { item, events } = open.close(status);
    output.push(item);
    open = undefined;
    return events;
  };
  const begin = (kind: OutputItem['type'], create: (place: ItemPlace) => OpenItem): UnplacedEvent[] => {
    const closing = close('completed');
    const id = `${idPrefixes[kind]}_${envelope.id.replace(/^resp_/, '')}_${output.length}`;
    open = create({ item_id: id, output_index: output.length });
    return [...closing, ...open.open()];
  };
  const goOn = (kind: 'message' | 'reasoning'): UnplacedEvent[] => {
    if (open?.kind === kind) return [];
    return begin(kind, (at) =>
      kind === 'message' ? createMessageItem(at) : createReasoningItem(at, encryptsReasoning),
    );
  };
  const finish = (event: Extract<GenerationEvent, { type: 'finish' }>): UnplacedEvent[] => {
    const reason = incompleteReasons[event.reason];
    const isCut = reason !== undefined;
    // An answer of nothing is an empty text.
    const silent = open === undefined && output.length === 0 ? goOn('message') : [];
    const closing = close(isCut ? 'incomplete' : 'completed');
    const usage = toResponseUsage(event.usage, toCost);
    const response = isCut
      ? toResponse({ status: 'incomplete', incomplete_details: { reason }, usage })
      : toResponse({ status: 'completed', completed_at: now(), usage });
    return [...silent, ...closing, { type: isCut ? 'response.incomplete' : 'response.completed', response }];
  };
  const begun = (): UnplacedEvent[] => [
    { type: 'response.created', response: toResponse({}) },
    { type: 'response.in_progress', response: toResponse({}) },
  ];
  const toEvents = (event: GenerationEvent): UnplacedEvent[] => {
    switch (event.type) {
      case 'started':
        return begun();
      case 'text-delta':
        return [...goOn('message'), ...(open?.add(event.text, event.logprobs) ?? [])];
      case 'reasoning-delta':
        return [...goOn('reasoning'), ...(open?.add(event.text) ?? [])];
      case 'tool-call-start':
        return begin(...toCall(event, calledTools));
      case 'tool-call-delta':
        return open?.add(event.argumentsText) ?? [];
      case 'echo':
        return [];
      case 'finish':
        return finish(event);
    }
  };
  const fail = ({ error }: ErrorBody): UnplacedEvent[] => [
    { type: 'error', code: error.code, message: error.message, param: error.param },
    { type: 'response.failed', response: toResponse({ status: 'failed', error: toShownError(error) }) },
  ];
  const addUsage = createUsageReporter(reportsUsage ?? false, toCost);
  return {
    add: (event) => place(addUsage(event, toEvents(event))),
    refuse: (body) => place([...begun(), ...fail(body)]),
    fail: (body) => place(fail(body)),
  };
}

function toShownError({ code, message }: ErrorBody['error']): NonNullable<WireResponse['error']> {
  return { code: code !== null && failureCodes.has(code) ? code : otherFailureCode, message };
}

/** The kind of the item that a call is, and how it is created. */
function toCall(
  { id, name }: { readonly id: string; readonly name: string },
  tools: CalledTools,
): [kind: OutputItem['type'], create: (place: ItemPlace) => OpenItem] {
  const { type, ...called } = toCalledTool(tools, name);
  return type === 'custom'
    ? ['custom_tool_call', (at) => createCustomCallItem(at, { id, ...called })]
    : ['function_call', (at) => createCallItem(at, { id, ...called })];
}

/**
 * The plain answer: what the last event says.
 *
 * @throws {Error} when the events end before `finish`, which no backend may do; what they throw goes through.
 */
export async function toWireResponse(
  events: AsyncIterable<{ readonly event: GenerationEvent }>,
  fold: ResponseFold,
): Promise<WireResponse> {
  for await (const { event } of events) {
    const last = fold.add(event).at(-1);
    if (event.type === 'finish' && last !== undefined && 'response' in last) return last.response;
  }
  throw new Error('The generation ended without a finish event.');
}

/** Adds the usage so far to the deltas of a piece of the answer, if the request wants it. */
function createUsageReporter(isWanted: boolean, toCost: ToCost | undefined) {
  const meter = createUsageMeter();
  return (event: GenerationEvent, events: readonly UnplacedEvent[]): readonly UnplacedEvent[] => {
    if (!isWanted) return events;
    meter.note(0, event);
    const usage = meter.list(1).map((soFar) => toResponseUsage(soFar, toCost))[0];
    return events.map((one) => ('delta' in one ? { ...one, usage } : one));
  };
}
