import { existsSync } from 'node:fs';
import { planFileChange, writeFileChange } from '../../src/cli/connect/client-file-change.ts';
import { listClients } from '../../src/cli/connect/list-clients.ts';
import { model } from './agent.ts';

/** The variable of the key, in place of the usual one. */
const keyVariable = 'AGENT_API_KEY';

export interface AgentServer {
  /** Without a path. */
  readonly url: string;
  readonly key: string;
  readonly contextLength: number;
}

/**
 * Writes the configuration of `gravix connect` into the home folder, around what is there. Gives the variables that the
 * client needs with it.
 */
export async function connectAgent(
  clientName: string,
  home: string,
  { url, key, contextLength }: AgentServer,
): Promise<Readonly<Record<string, string>>> {
  const client = listClients().find(({ name }) => name === clientName);
  if (client === undefined) throw new Error(`There is no client ${clientName}.`);
  const { files, commands } = client.setUp(
    {
      serverUrl: url,
      openaiUrl: `${url}/v1`,
      model,
      keyVariable,
      contextLength,
      answerTokens: 8192,
      callsTools: true,
      reasons: false,
    },
    { home, environment: {}, platform: process.platform, exists: existsSync },
  );
  for (const file of files) await writeFileChange(await planFileChange(file), Date.now());
  const variables: Record<string, string> = { [keyVariable]: key };
  for (const command of commands) {
    if (command.kind === 'set') variables[command.variable] = command.value;
    if (command.kind === 'copy') variables[command.variable] = variables[command.from] ?? '';
  }
  return variables;
}
