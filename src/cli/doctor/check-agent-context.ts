import { inspectMemory } from '../../app/inspect-engine.ts';
import { type CheckFinding, toMegabytes } from '../doctor-check.ts';
import type { AgentSubject } from './agent-subject.ts';

/** With less, an agent compacts its conversation all the time. */
const agentContextTokens = 32_768;

/** Below this the first request of most agents is refused. docs/guides/agents.md has the measured ones. */
const firstRequestTokens = 10_000;

export async function checkAgentContext(subject: AgentSubject): Promise<CheckFinding> {
  const { contextLength, installed } = subject;
  if (contextLength === undefined) {
    return {
      status: 'warn',
      message: `The context is not known. Agents need ${toCount(agentContextTokens)} tokens or more.`,
      wayOut: 'Set contextLength of the deployment in config.yaml.',
    };
  }
  const length = `A request has up to ${toCount(contextLength)} tokens.`;
  const trained = installed?.facts.contextLength;
  if (contextLength >= agentContextTokens) {
    const message = `${length}${await describeMemory(subject, contextLength)}`;
    if (trained === undefined || trained >= contextLength) return { status: 'ok', message };
    return {
      status: 'warn',
      message: `${message} ${installed?.name} was trained for ${toCount(trained)}: behind them, its answers may make no sense.`,
      wayOut: 'Choose a model that was trained for more.',
    };
  }
  const wayOut =
    installed === undefined
      ? `Serve it with a context of ${toCount(agentContextTokens)} tokens or more.`
      : trained !== undefined && trained < agentContextTokens
        ? `${installed.name} was trained for ${toCount(trained)}. Choose a model that was trained for more: docs/guides/agents.md lists some.`
        : `Use --context-length ${agentContextTokens}.${await describeMemory(subject, agentContextTokens)}`;
  return {
    status: contextLength < firstRequestTokens ? 'fail' : 'warn',
    message: `${length} Agents start with 8,000 to 23,000.`,
    wayOut,
  };
}

/** What the context takes on this machine; nothing where the model runs elsewhere. */
async function describeMemory({ config, installed }: AgentSubject, contextLength: number): Promise<string> {
  if (installed === undefined) return '';
  const { slots } = config;
  const need = await inspectMemory({ ...config, contextLength }, installed);
  const bytes = need.modelBytes + need.contextBytes;
  const count = slots === 1 ? '1 slot' : `${slots} slots`;
  return ` ${count} of ${toCount(contextLength)} tokens ${slots === 1 ? 'takes' : 'take'} ${toMegabytes(bytes)} with the model, and ${toMegabytes(need.availableBytes)} are available now.`;
}

function toCount(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
