// Other people's clients, each in an environment of its own, with the version that is checked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PythonClient {
  readonly kind: 'python';
  readonly name: string;
  /** In this folder: functions `check_…`. */
  readonly checks: string;
  /** In `requirements/`; its first line pins the client. */
  readonly requirements: string;
  /** Pinned packages that are installed without what they require. */
  readonly bare?: readonly string[];
}

/** A client of package.json, whose checks are a module of this folder. */
export interface NodeClient {
  readonly kind: 'node';
  readonly name: string;
  readonly checks: string;
  /** Its package in node_modules. */
  readonly packageName: string;
}

export type Client = PythonClient | NodeClient;

function python(name: string, stem: string, parts: { file?: string; bare?: readonly string[] } = {}): Client {
  const { file = name.toLowerCase(), bare } = parts;
  const checks = `${stem}_checks.py`;
  return { kind: 'python', name, checks, requirements: `${file}.txt`, ...(bare ? { bare } : {}) };
}

export function listClients(): readonly Client[] {
  return [
    python('instructor', 'instructor'),
    python('LangChain', 'langchain_agent'),
    python('Outlines', 'outlines'),
    python('pydantic-ai', 'pydantic_ai'),
    python('openai-agents', 'openai_agents'),
    python('LlamaIndex', 'llama_index', { file: 'llama-index' }),
    python('DSPy', 'dspy'),
    python('smolagents', 'smolagents'),
    python('litellm', 'litellm'),
    python('lm-eval', 'lm_eval'),
    python('guidellm', 'guidellm'),
    python('LLM', 'llm'),
    { kind: 'node', name: 'Vercel AI SDK', checks: 'vercel-ai-sdk-checks.ts', packageName: 'ai' },
    // The whole takes several gigabytes, most of them torch, which chats, streams, tools and forms don't need.
    python('Open WebUI', 'open_webui', { file: 'open-webui', bare: ['open-webui==0.12.4'] }),
  ];
}

export function readClientVersion(client: Client): string {
  if (client.kind === 'node') {
    const path = join(import.meta.dirname, '..', '..', 'node_modules', client.packageName, 'package.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }
  const [pin = ''] =
    client.bare ??
    readFileSync(join(import.meta.dirname, 'requirements', client.requirements), 'utf8')
      .split('\n')
      .filter((line) => line.includes('=='));
  return pin.split('==')[1] ?? '';
}
