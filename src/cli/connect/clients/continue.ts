import { join } from 'node:path';
import type { Client, Connection } from '../client.ts';
import { providerTitle } from '../provider-name.ts';

/** Continue: https://docs.continue.dev/reference, for VS Code, JetBrains and its command line. */
export const continueClient: Client = {
  name: 'continue',
  title: 'Continue',
  contextTokensMin: 16_384,
  setUp: (connection, { home }) => ({
    files: [
      {
        path: join(home, '.continue', 'config.yaml'),
        format: 'yaml',
        changes: [
          { path: ['name'], value: 'Local configuration', isDefault: true },
          { path: ['version'], value: '1.0.0', isDefault: true },
          { path: ['schema'], value: 'v1', isDefault: true },
          { path: ['models'], value: toModel(connection), itemKeys: ['name'] },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['cn'] }],
    notes: [
      `An editor does not see the variables of a terminal: put the line ${connection.keyVariable}=… into ${join(home, '.continue', '.env')}, where Continue looks for the secrets of this file.`,
    ],
  }),
};

function toModel({ openaiUrl, model, keyVariable, contextLength, answerTokens, callsTools }: Connection) {
  return {
    name: `${providerTitle} ${model}`,
    provider: 'openai',
    model,
    apiBase: openaiUrl,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how Continue names a secret.
    apiKey: '${{ secrets.KEY }}'.replace('KEY', keyVariable),
    roles: ['chat', 'edit', 'apply'],
    ...(callsTools ? { capabilities: ['tool_use'] } : {}),
    defaultCompletionOptions: {
      ...(contextLength === undefined ? {} : { contextLength }),
      maxTokens: answerTokens,
    },
  };
}
