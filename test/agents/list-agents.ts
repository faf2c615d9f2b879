// The agents of `npm run check:agents`, each with the version that is checked.
import { basename } from 'node:path';
import { type Agent, task } from './agent.ts';

export function listAgents(): readonly Agent[] {
  return [claudeCode, codex, opencode, qwenCode, aider];
}

const claudeCode: Agent = {
  name: 'Claude Code',
  client: 'claude-code',
  package: { registry: 'npm', name: '@anthropic-ai/claude-code', version: '2.1.332', program: 'claude' },
  api: 'messages',
  command: {
    flags: ['-p', task.prompt, '--allowedTools', 'Read,Edit'],
    environment: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  },
  work: {
    kind: 'calls',
    read: (path) => ['Read', { file_path: path }],
    correct: (path) => ['Edit', { file_path: path, old_string: 'wrold', new_string: 'world' }],
  },
  asksAgain: true,
  longSessions: [
    { contextLength: 65_536, compacts: 'in time' },
    { contextLength: 65_536, configuredLength: 131_072, compacts: 'after a refusal' },
  ],
};

const codex: Agent = {
  name: 'Codex',
  client: 'codex',
  package: { registry: 'npm', name: '@openai/codex', version: '0.171.0', program: 'codex' },
  api: 'responses',
  command: {
    flags: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', task.prompt],
    files: {
      '.codex/config.toml': [
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '',
      ].join('\n'),
    },
  },
  work: {
    kind: 'calls',
    read: (path) => ['exec_command', { cmd: `cat ${basename(path)}` }],
    correct: (path) => ['exec_command', { cmd: `sed -i s/wrold/world/ ${basename(path)}` }],
  },
  asksAgain: true,
  // It ends its work at a prompt that is too long.
  longSessions: [{ contextLength: 32_768, compacts: 'in time' }],
};

const opencode: Agent = {
  name: 'opencode',
  client: 'opencode',
  package: { registry: 'npm', name: 'opencode-ai', version: '1.18.33', program: 'opencode' },
  api: 'chat',
  command: {
    flags: ['run', '--auto', task.prompt],
    environment: {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
    files: {
      '.config/opencode/opencode.json': JSON.stringify({ share: 'disabled' }),
    },
  },
  work: {
    kind: 'calls',
    read: (path) => ['read', { filePath: path }],
    correct: (path) => ['edit', { filePath: path, oldString: 'wrold', newString: 'world' }],
  },
  asksAgain: true,
  longSessions: [
    { contextLength: 32_768, compacts: 'in time' },
    { contextLength: 32_768, configuredLength: 131_072, compacts: 'after a refusal', exit: 1 },
  ],
};

const qwenCode: Agent = {
  name: 'Qwen Code',
  client: 'qwen-code',
  package: { registry: 'npm', name: '@qwen-code/qwen-code', version: '0.15.10', program: 'qwen' },
  api: 'chat',
  command: {
    flags: ['--yolo', '--prompt', task.prompt],
    environment: { QWEN_TELEMETRY_ENABLED: '0' },
    files: {
      '.qwen/settings.json': JSON.stringify({
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true, enableAutoUpdate: false },
      }),
    },
  },
  work: {
    kind: 'calls',
    read: (path) => ['read_file', { file_path: path }],
    correct: (path) => ['edit', { file_path: path, old_string: 'wrold', new_string: 'world' }],
  },
  asksAgain: false,
  // It compacts in time only before a message of the user.
  longSessions: [{ contextLength: 32_768, compacts: 'after a refusal' }],
};

const aider: Agent = {
  name: 'aider',
  client: 'aider',
  package: { registry: 'pypi', name: 'aider-chat', version: '0.86.2', program: 'aider' },
  api: 'chat',
  command: {
    flags: [
      ...['--message', task.prompt, '--yes-always', '--edit-format', 'diff'],
      ...['--no-git', '--no-analytics', '--no-check-update', '--no-show-model-warnings', '--no-gitignore'],
      task.fileName,
    ],
    environment: {
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  },
  work: {
    kind: 'text',
    text: [
      task.fileName,
      '```',
      '<<<<<<< SEARCH',
      task.before.trimEnd(),
      '=======',
      task.after.trimEnd(),
      '>>>>>>> REPLACE',
      '```',
      '',
    ].join('\n'),
  },
  asksAgain: false,
  // It keeps its own summary of the conversation and reads no files by itself.
  longSessions: [],
};
