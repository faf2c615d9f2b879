import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Backend } from '../../src/backend/backend.ts';
import { createScriptedBackend, type Script } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';
import { type Agent, model, task } from './agent.ts';
import { connectAgent } from './connect-agent.ts';
import { countPrompt } from './play-session.ts';
import { type RecordedRequest, recordRequests } from './record-requests.ts';

export interface AgentRun {
  readonly exit: number | string;
  readonly output: string;
  /** The file is as the task wants it. */
  readonly isDone: boolean;
  readonly requests: readonly RecordedRequest[];
  readonly serverLog: string;
}

/** What an agent meets. */
export interface AgentScene {
  readonly script: (projectFolder: string) => Script;
  /** Tokens. Default: more than an agent needs. */
  readonly contextLength?: number;
  /** What the configuration says, in tokens. Default: the same. */
  readonly configuredLength?: number;
  /** Next to the file of the task, by their names. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Agents begin with 10,000 tokens and more. */
const longContextTokens = 131_072;

/** A start on a busy machine takes ten seconds. */
const runMsMax = 120_000;

/** Lets an agent do the task, against the real server with a scripted model. */
export async function runAgent(agent: Agent, programPath: string, scene: AgentScene): Promise<AgentRun> {
  const { contextLength = longContextTokens, configuredLength = contextLength } = scene;
  const folder = await mkdtemp(join(tmpdir(), 'gravix-agent-'));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  await writeFiles(project, { ...scene.files, [task.fileName]: task.before });
  const backend = createModel(scene.script(project), contextLength);
  const app = await startTestApp({ models: {}, backends: { [model]: backend } });
  const recorder = await recordRequests(app.port);
  try {
    const { flags, environment = {}, files = {} } = agent.command;
    await mkdir(home);
    await writeFiles(home, files);
    const server = { url: recorder.url, key: app.key, contextLength: configuredLength };
    const variables = await connectAgent(agent.client, home, server);
    const ended = await runProgram(programPath, flags, {
      folder: project,
      environment: { HOME: home, PATH: process.env['PATH'] ?? '', ...variables, ...environment },
    });
    const isDone = (await readFile(join(project, task.fileName), 'utf8')) === task.after;
    return { ...ended, isDone, requests: recorder.requests(), serverLog: app.logText() };
  } finally {
    await recorder.close();
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function createModel(script: Script, contextLength: number): Backend {
  const backend = createScriptedBackend(script);
  return {
    ...backend,
    countTokens: async (request) => countPrompt(request),
    describe: () => {
      const described = backend.describe();
      return described && { ...described, contextLength };
    },
  };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

interface ProgramPlace {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

function runProgram(
  path: string,
  flags: readonly string[],
  { folder, environment }: ProgramPlace,
): Promise<Pick<AgentRun, 'exit' | 'output'>> {
  const child = spawn(path, flags, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), runMsMax);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ exit: code ?? String(signal), output });
    });
  });
}
