import { join } from 'node:path';
import type { Client, ClientPlaces, Connection } from '../client.ts';
import { toOwnFolder } from '../places.ts';

/**
 * Claude Code: https://docs.claude.com/en/docs/claude-code/settings. Its requests go to the Messages API. It asks for
 * models by their class, so each class is the model.
 */
export const claudeCode: Client = {
  name: 'claude-code',
  title: 'Claude Code',
  // It compacts 13,000 tokens and an answer before the end, and starts with 12,000 to 23,000, depending on its version.
  contextTokensMin: 65_536,
  setUp: (connection, places) => ({
    files: [
      {
        path: join(toOwnFolder(places, 'CLAUDE_CONFIG_DIR', '.claude'), 'settings.json'),
        format: 'json',
        changes: [
          { path: ['apiKeyHelper'], value: toKeyCommand(connection.keyVariable, places.platform) },
          { path: ['env'], value: toVariables(connection) },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['claude'] }],
    notes: [
      'This applies to every session of Claude Code. Variables that the shell sets for it, such as ANTHROPIC_AUTH_TOKEN, come first: unset them.',
    ],
  }),
};

function toVariables({ serverUrl, model, contextLength, answerTokens }: Connection): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: serverUrl,
    ANTHROPIC_MODEL: model,
    ANTHROPIC_DEFAULT_OPUS_MODEL: model,
    ANTHROPIC_DEFAULT_SONNET_MODEL: model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    ...(contextLength === undefined ? {} : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(contextLength) }),
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(answerTokens),
  };
}

/** Claude Code runs a command that prints the key, so that the file has only the name of the variable. */
function toKeyCommand(variable: string, platform: ClientPlaces['platform']): string {
  return platform === 'win32' ? `powershell -NoProfile -Command $env:${variable}` : `printenv ${variable}`;
}
