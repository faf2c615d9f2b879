// `npm run check:agents`: installs other people's coding agents, and lets each read a file, correct it and finish, against
// the real server with a scripted model. Then the same when a stream breaks, and in long sessions, in which the context runs
// full. `-- --only NAME` (repeatable) names one, `--record` also writes what it sent to test/agents/recordings/. An agent
// that can't be installed is skipped. Packages are kept in .cache/agents.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Agent, type LongSession, task } from '../test/agents/agent.ts';
import { toRecording } from '../test/agents/clean-recording.ts';
import { installAgent } from '../test/agents/install-agent.ts';
import { listAgents } from '../test/agents/list-agents.ts';
import { playBrokenTask, playTask } from '../test/agents/play-task.ts';
import { recordingPath } from '../test/agents/recording.ts';
import { type AgentRun, runAgent } from '../test/agents/run-agent.ts';
import { runLongSession } from '../test/agents/run-long-session.ts';
import { chooseNamed } from './choose-named.ts';
import { toMarkdownTable } from './markdown-table.ts';

/** Characters of what a failed agent wrote. */
const outputCharactersMax = 4000;

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, record: { type: 'boolean', default: false } },
});
const { only, record } = values;
const agents = chooseNamed(listAgents(), only, 'agent');
const rows: string[][] = [];
for (const agent of agents) {
  process.stderr.write(`${agent.name} …\n`);
  rows.push([agent.name, agent.package.version, agent.api, ...(await checkAgent(agent))]);
}
console.log(toMarkdownTable(['agent', 'version', 'API', 'task', 'broken stream', 'long sessions'], rows));

async function checkAgent(agent: Agent): Promise<[task: string, afterBreak: string, sessions: string]> {
  let programPath: string;
  try {
    programPath = await installAgent(agent.package);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(`SKIPPED: ${agent.name} could not be installed.\n${reason.slice(-outputCharactersMax)}`);
    return ['skipped: could not be installed', 'skipped', 'skipped'];
  }
  const outcome = await checkTask(agent, programPath);
  const afterBreak = agent.asksAgain ? await checkBrokenStream(agent, programPath) : 'not played';
  const sessions: string[] = [];
  for (const session of agent.longSessions) sessions.push(await checkSession(agent, programPath, session));
  if (sessions.length === 0) console.warn(`SKIPPED: there are no long sessions with ${agent.name}.`);
  return [outcome, afterBreak, sessions.join('; ') || 'none'];
}

async function checkTask(agent: Agent, programPath: string): Promise<string> {
  const script = (project: string) => playTask(agent, join(project, task.fileName));
  const run = await runAgent(agent, programPath, { script });
  const refused = run.requests.filter(({ status }) => status >= 400);
  if (!run.isDone || run.exit !== 0 || refused.length > 0) {
    process.exitCode = 1;
    console.log(toFailureText(agent, run));
    return `FAILED: exit ${run.exit}, the file is ${run.isDone ? 'right' : 'wrong'}`;
  }
  if (record) {
    const path = recordingPath(agent);
    await mkdir(dirname(path), { recursive: true });
    const recording = toRecording(`${agent.name} ${agent.package.version}`, run.requests);
    await writeFile(path, `${JSON.stringify(recording, undefined, 1)}\n`);
  }
  return `done with ${run.requests.length} requests`;
}

async function checkBrokenStream(agent: Agent, programPath: string): Promise<string> {
  const script = (project: string) => playBrokenTask(agent, join(project, task.fileName));
  const run = await runAgent(agent, programPath, { script });
  if (run.isDone && run.exit === 0) return 'asks again';
  process.exitCode = 1;
  console.log(toFailureText(agent, run));
  return `FAILED: exit ${run.exit}, the file is ${run.isDone ? 'right' : 'wrong'}`;
}

async function checkSession(agent: Agent, programPath: string, session: LongSession): Promise<string> {
  const { turns, faults, ...run } = await runLongSession(agent, programPath, session);
  if (faults.length > 0) {
    process.exitCode = 1;
    const seen = turns.map(({ kind, promptTokens }) => `${kind} ${promptTokens}`).join(', ');
    console.log(`${toFailureText(agent, run)}\n${seen}`);
    return `FAILED to compact ${session.compacts}: ${faults.join(' ')}`;
  }
  const longest = Math.max(...turns.map(({ promptTokens }) => promptTokens));
  return `compacts ${session.compacts}, longest prompt ${longest} of ${session.contextLength} tokens`;
}

function toFailureText({ name }: Agent, { exit, output, requests, serverLog }: AgentRun): string {
  const asked = requests.map(({ method, path, status, answer }) => {
    return `${method} ${path}: ${status}${status >= 400 ? ` ${answer.slice(0, 500)}` : ''}`;
  });
  return [
    `${name} ended with ${exit}:`,
    output.slice(-outputCharactersMax),
    ...asked,
    serverLog.slice(-outputCharactersMax),
  ].join('\n');
}
