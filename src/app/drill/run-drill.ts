// Runs each fault against a copy of a deployment, streamed and plain, each with a server and a copy for itself: what one
// fault does to a breaker or a connection says nothing about the next.
import { askOnce } from './ask-once.ts';
import { type DrillTimes, type Fault, faults } from './faults.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';
import type { Drilled } from './find-drilled.ts';
import { judgeAnswer, lateMsMax, type SeenAnswer } from './judge-answer.ts';
import {
  type DrilledCopy,
  type DrillLimits,
  listShortened,
  openCopy,
  readsPlainAsStream,
  type ShortenedTime,
  toConfiguredTimes,
  toDrillTimes,
} from './open-copy.ts';
import { toFailureWords } from './to-failure-words.ts';

export interface DrillReport {
  readonly deployment: string;
  readonly model: string;
  readonly kind: string;
  readonly shortened: readonly ShortenedTime[];
  readonly faults: readonly FaultReport[];
  /** Of requests whose promises all held. */
  readonly heldCount: number;
  readonly brokenCount: number;
}

export interface FaultReport {
  /** What the upstream does. */
  readonly fault: string;
  /** Absent for a fault that only streams have. */
  readonly plain?: TrialReport;
  readonly streamed: TrialReport;
}

/** What one request met. */
export interface TrialReport {
  readonly isHeld: boolean;
  /** What the client got: `200 stop`, `502 upstream_error`, or why that was neither. */
  readonly outcome: string;
  /** What happened that must not happen. */
  readonly problems: readonly string[];
  readonly elapsedMs: number;
  /** Requests that reached the upstream. */
  readonly requests: number;
}

/** How long the end of each request at the upstream is waited for, in milliseconds. */
const closeMsMax = 3000;

/** @param open opens what is drilled; the copy of the deployment, but for a test of the drill */
export async function runDrill(
  drilled: Drilled,
  limits: DrillLimits,
  open: typeof openCopy = openCopy,
): Promise<DrillReport> {
  const configured = toConfiguredTimes(drilled, limits);
  const times = toDrillTimes(configured);
  const run = async (fault: Fault, isStreamed: boolean): Promise<TrialReport> => {
    const trialTimes = isStreamed || readsPlainAsStream(drilled) ? times : toPlainTimes(times);
    const server = await startFaultyServer(fault.createBehaviour?.(times) ?? (() => undefined));
    try {
      // The port of a server that has closed refuses connections.
      if (fault.createBehaviour === undefined) await server.close();
      const copy = await open(drilled, limits, server.port, isStreamed);
      try {
        return await tryOnce({ fault, isStreamed, times: trialTimes, server, copy });
      } finally {
        await copy.close();
      }
    } finally {
      await server.close();
    }
  };
  const reports = await Promise.all(
    faults.map(async (fault): Promise<FaultReport> => {
      const [streamed, plain] = await Promise.all([
        run(fault, true),
        fault.concerns === 'streams' ? undefined : run(fault, false),
      ]);
      return { fault: fault.name, streamed, ...(plain === undefined ? {} : { plain }) };
    }),
  );
  const trials = reports.flatMap(({ streamed, plain }) => [streamed, plain ?? []].flat());
  const heldCount = trials.filter(({ isHeld }) => isHeld).length;
  return {
    deployment: drilled.name,
    model: drilled.model.name,
    kind: drilled.upstream.kind,
    shortened: listShortened(configured),
    faults: reports,
    heldCount,
    brokenCount: trials.length - heldCount,
  };
}

interface Trial {
  readonly fault: Fault;
  readonly isStreamed: boolean;
  readonly times: DrillTimes;
  readonly server: FaultyServer;
  readonly copy: DrilledCopy;
}

async function tryOnce({ fault, isStreamed, times, server, copy }: Trial): Promise<TrialReport> {
  const waitMsMax = (fault.promise.endsWithinMs?.(times) ?? 0) + 2 * lateMsMax;
  const read = await askOnce(copy.backend, isStreamed, waitMsMax);
  const isClosed = await server.hasClosedWithin(closeMsMax);
  const seen: SeenAnswer = { ...read, isClosed, requests: server.requestCount() };
  const problems = judgeAnswer(seen, fault.promise, { isStreamed, times });
  return {
    isHeld: problems.length === 0,
    outcome: toOutcome(seen),
    problems,
    elapsedMs: Math.round(seen.elapsedMs),
    requests: seen.requests,
  };
}

/** An answer that comes as one piece has only the limit of the whole. */
function toPlainTimes(times: DrillTimes): DrillTimes {
  return { ...times, firstTokenMs: times.totalMs, betweenChunksMs: times.totalMs };
}

function toOutcome({ events, error, isGivenUp }: SeenAnswer): string {
  if (isGivenUp) return 'no end';
  if (error !== undefined) return toFailureWords(error);
  const last = events.findLast((event) => event.type === 'finish');
  return last === undefined ? 'no end' : `200 ${last.reason}`;
}
