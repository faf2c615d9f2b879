// The agents of `npm run check:agents`, each with the version that is checked.
import { type Agent, task } from './agent.ts';
import { playCalls, playText } from './play-task.ts';

export function listAgents(): readonly Agent[] {
  return [claudeCode, codex, opencode, qwenCode, aider];
}

const claudeCode: Agent = {
  name: 'Claude Code',
  client: 'claude-code',
  package: { registry: 'npm', name: '@anthropic-ai/claude-code', version: '2.1.197', program: 'claude' },
  api: 'messages',
  command: {
    flags: ['-p', task.prompt, '--allowedTools', 'Read,Edit'],
    environment: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  },
  script: (filePath) =>
    playCalls(
      ['Read', { file_path: filePath }],
      ['Edit', { file_path: filePath, old_string: 'wrold', new_string: 'world' }],
    ),
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
  script: () =>
    playCalls(
      ['exec_command', { cmd: `cat ${task.fileName}` }],
      ['exec_command', { cmd: `sed -i s/wrold/world/ ${task.fileName}` }],
    ),
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
  script: (filePath) =>
    playCalls(['read', { filePath }], ['edit', { filePath, oldString: 'wrold', newString: 'world' }]),
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
  script: (filePath) =>
    playCalls(
      ['read_file', { file_path: filePath }],
      ['edit', { file_path: filePath, old_string: 'wrold', new_string: 'world' }],
    ),
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
  script: () =>
    playText(
      [
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
    ),
};
