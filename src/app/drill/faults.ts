// What can go wrong with an upstream, and the promise that holds then. Add a fault here: the drill, its report and its
// tests follow.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendErrorCode } from '../../backend/backend-error.ts';
import { compositePolicyDefaults } from '../../gateway/composite-policy.ts';
import type { FaultyBehaviour, FaultyTurn } from './faulty-server.ts';
import {
  absurdUsage,
  beginningEvent,
  beginningOfObject,
  doneEvent,
  failureText,
  roleEvent,
  toEvents,
  toObject,
} from './upstream-answer.ts';

/** The times that limit one request of the drill, in milliseconds. */
export interface DrillTimes {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  readonly betweenChunksMs: number;
  readonly totalMs: number;
  /** For a deployment that is down. */
  readonly queueWaitMs: number;
}

export interface Fault {
  /** What the upstream does, worded to follow "the upstream"; unique. */
  readonly name: string;
  /** Absent: nothing listens at the address. */
  readonly createBehaviour?: (times: DrillTimes) => FaultyBehaviour;
  /** `streams`: a plain answer has no such fault. */
  readonly concerns: 'streams' | 'every-answer';
  readonly promise: FaultPromise;
}

/** What the client must get, beside exactly one end. */
export interface FaultPromise {
  /** `whole`: the answer. Otherwise a failure with one of the codes. */
  readonly end: 'whole' | readonly BackendErrorCode[];
  /** A stream has content before the fault, so it must not be tried again. */
  readonly beginsStream: boolean;
  /** Requests that may reach the upstream for one of the client's. */
  readonly requestsMax: number;
  /** When the client must have its end, in milliseconds; absent: at once, but for the pauses between attempts. */
  readonly endsWithinMs?: (times: DrillTimes) => number;
  /** The client hears when to come back, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The counts of the upstream can't be, so estimates must stand for them. */
  readonly replacesUsage?: true;
}

const { attemptsMax } = compositePolicyDefaults;

/** Longer than anyone waits for a second attempt. */
const retryAfterSeconds = 120;

/** Between two pings, in milliseconds. */
const pingMs = 50;

const failed = {
  end: ['upstream_error'],
  beginsStream: false,
  requestsMax: attemptsMax,
} as const satisfies FaultPromise;
/** The same place would take as long again, so it is asked once. */
const late = {
  end: ['timeout'],
  beginsStream: false,
  requestsMax: 1,
  endsWithinMs: ({ firstTokenMs }) => firstTokenMs,
} as const satisfies FaultPromise;
const answered = { end: 'whole', beginsStream: false, requestsMax: 1 } as const satisfies FaultPromise;
const refused = {
  beginsStream: false,
  requestsMax: 1,
  retryAfterMs: retryAfterSeconds * 1000,
} as const satisfies Partial<FaultPromise>;

export const faults: readonly Fault[] = [
  {
    name: 'refuses connections',
    concerns: 'every-answer',
    promise: { ...failed, end: ['overloaded', 'upstream_error'], endsWithinMs: (times) => times.queueWaitMs },
  },
  {
    name: 'closes the connection without an answer',
    concerns: 'every-answer',
    createBehaviour: always(({ response }) => {
      response.destroy();
    }),
    // A connection that was open before may have been closed for its age, so such a request is sent once more.
    promise: { ...failed, requestsMax: attemptsMax + 1 },
  },
  {
    name: 'never answers',
    concerns: 'every-answer',
    createBehaviour: always(() => undefined),
    promise: late,
  },
  {
    name: 'sends pings and no token',
    concerns: 'every-answer',
    createBehaviour: always(sendPings),
    promise: late,
  },
  {
    name: 'begins slowly, within the time-out',
    concerns: 'every-answer',
    createBehaviour: (times) => async (turn) => {
      await sleep(times.firstTokenMs / 4);
      say(toEvents() + doneEvent, toObject())(turn);
    },
    promise: { ...answered, endsWithinMs: (times) => times.firstTokenMs },
  },
  {
    name: 'stops in the middle and keeps the connection open',
    concerns: 'every-answer',
    createBehaviour: always((turn) => {
      startAnswer(turn);
      turn.response.write(toBeginning(turn));
    }),
    promise: { ...late, beginsStream: true, endsWithinMs: (times) => times.betweenChunksMs },
  },
  {
    name: 'breaks the connection before the content',
    concerns: 'every-answer',
    createBehaviour: always((turn) => breakBehind(turn, turn.isStreamed ? roleEvent : '{')),
    promise: failed,
  },
  {
    name: 'breaks the connection in the middle',
    concerns: 'every-answer',
    createBehaviour: always((turn) => breakBehind(turn, toBeginning(turn))),
    promise: { ...failed, beginsStream: true },
  },
  {
    name: 'ends the answer in the middle as if it were whole',
    concerns: 'every-answer',
    createBehaviour: always(say(roleEvent + beginningEvent, beginningOfObject)),
    promise: { ...failed, beginsStream: true },
  },
  {
    name: 'sends a line that is not JSON',
    concerns: 'every-answer',
    createBehaviour: always(
      say(`${roleEvent}${beginningEvent}data: {not json\n\n${toEvents()}${doneEvent}`, '{not json}'),
    ),
    promise: { ...failed, beginsStream: true },
  },
  {
    name: 'sends an error in the middle, with status 200',
    concerns: 'every-answer',
    createBehaviour: always(
      say(`${roleEvent}${beginningEvent}data: ${failureText}\n\n${doneEvent}`, failureText),
    ),
    promise: { ...failed, beginsStream: true },
  },
  {
    name: 'ends a whole stream without [DONE]',
    concerns: 'streams',
    createBehaviour: always(say(toEvents(), toObject())),
    promise: answered,
  },
  {
    name: 'sends a web page with status 200',
    concerns: 'every-answer',
    createBehaviour: always(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><body>Welcome</body></html>');
    }),
    promise: failed,
  },
  {
    name: 'answers 429 with retry-after',
    concerns: 'every-answer',
    createBehaviour: always(sayStatus(429)),
    promise: { ...refused, end: ['rate_limited'] },
  },
  {
    name: 'answers 503 with retry-after',
    concerns: 'every-answer',
    createBehaviour: always(sayStatus(503)),
    promise: { ...refused, end: ['overloaded'] },
  },
  {
    name: 'answers 500',
    concerns: 'every-answer',
    createBehaviour: always(sayStatus(500)),
    promise: failed,
  },
  {
    name: 'answers 401',
    concerns: 'every-answer',
    createBehaviour: always(sayStatus(401)),
    promise: failed,
  },
  {
    name: 'reports absurd usage',
    concerns: 'every-answer',
    createBehaviour: always(say(toEvents(absurdUsage) + doneEvent, toObject(absurdUsage))),
    promise: { ...answered, replacesUsage: true },
  },
];

function always(behave: FaultyBehaviour): () => FaultyBehaviour {
  return () => behave;
}

function startAnswer({ isStreamed, response }: FaultyTurn): void {
  response.writeHead(200, { 'content-type': isStreamed ? 'text/event-stream' : 'application/json' });
}

function toBeginning({ isStreamed }: FaultyTurn): string {
  return isStreamed ? roleEvent + beginningEvent : beginningOfObject;
}

function say(events: string, object: string): (turn: FaultyTurn) => void {
  return (turn) => {
    startAnswer(turn);
    turn.response.end(turn.isStreamed ? events : object);
  };
}

function sayStatus(status: number): FaultyBehaviour {
  const retryAfter = { 'retry-after': String(retryAfterSeconds) };
  return ({ response }) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(status === 429 || status === 503 ? retryAfter : {}),
    });
    response.end(failureText);
  };
}

/** The text is gone before the connection breaks, so that it is read first. */
async function breakBehind(turn: FaultyTurn, text: string): Promise<void> {
  startAnswer(turn);
  turn.response.write(text);
  await sleep(pingMs);
  turn.response.destroy();
}

async function sendPings(turn: FaultyTurn): Promise<void> {
  startAnswer(turn);
  while (!turn.response.destroyed) {
    turn.response.write(turn.isStreamed ? ': ping\n\n' : ' ');
    await sleep(pingMs);
  }
}
