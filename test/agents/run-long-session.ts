import { join } from 'node:path';
import { type Agent, type LongSession, task } from './agent.ts';
import { type PlayedSession, type PlayedSessionTurn, playSession } from './play-session.ts';
import { type AgentRun, runAgent } from './run-agent.ts';

export interface LongSessionRun extends AgentRun {
  readonly turns: readonly PlayedSessionTurn[];
  /** What was otherwise than expected, as sentences. */
  readonly faults: readonly string[];
}

/** Of 30,000 characters each, they fill the contexts of the sessions at least once. Codex reads a third of each. */
const notes = Object.fromEntries(
  Array.from({ length: 12 }, (_, at) => [`note-${at}.txt`, `Note ${at} is about the sea.\n`.repeat(1200)]),
);

/** Lets an agent read notes until its context is full, and then do the task. */
export async function runLongSession(
  agent: Agent,
  programPath: string,
  session: LongSession,
): Promise<LongSessionRun> {
  const { work } = agent;
  if (work.kind !== 'calls') throw new Error(`${agent.name} has no calls.`);
  const { contextLength, configuredLength = contextLength } = session;
  let played: PlayedSession | undefined;
  const run = await runAgent(agent, programPath, {
    contextLength,
    configuredLength,
    files: notes,
    script: (project) => {
      const filePath = join(project, task.fileName);
      const reads = [...Object.keys(notes).map((name) => join(project, name)), filePath].map(work.read);
      played = playSession([...reads, work.correct(filePath)], contextLength);
      return played.script;
    },
  });
  const turns = played?.turns() ?? [];
  return { ...run, turns, faults: listFaults(run, turns, session) };
}

function listFaults(
  run: AgentRun,
  turns: readonly PlayedSessionTurn[],
  { compacts, exit = 0 }: LongSession,
): string[] {
  const faults: string[] = [];
  if (run.exit !== exit) faults.push(`It ended with ${run.exit}.`);
  if (!run.isDone) faults.push('The file is wrong.');
  const refusals = turns.filter(({ kind }) => kind === 'refusal').length;
  if (compacts === 'in time' && refusals > 0) faults.push(`${refusals} prompts were too long.`);
  if (compacts === 'after a refusal' && refusals === 0) faults.push('No prompt was too long.');
  const calls = turns.filter(({ kind }) => kind === 'call');
  const wasCompacted = calls.some(
    ({ promptTokens }, at) => promptTokens < (calls[at - 1]?.promptTokens ?? 0),
  );
  if (!wasCompacted) faults.push('No prompt was shorter than the one before.');
  return faults;
}
