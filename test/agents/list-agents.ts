// The agents of `npm run check:agents`, each with the version that is checked.
import { type Agent, model, task } from './agent.ts';
import { playCalls, playText } from './play-task.ts';

export function listAgents(): readonly Agent[] {
  return [claudeCode, codex, opencode, qwenCode, aider];
}

const claudeCode: Agent = {
  name: 'Claude Code',
  package: { registry: 'npm', name: '@anthropic-ai/claude-code', version: '2.1.197', program: 'claude' },
  api: 'messages',
  toCommand: ({ url, key }) => ({
    flags: ['-p', task.prompt, '--model', model, '--allowedTools', 'Read,Edit'],
    environment: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  }),
  script: (filePath) =>
    playCalls(
      ['Read', { file_path: filePath }],
      ['Edit', { file_path: filePath, old_string: 'wrold', new_string: 'world' }],
    ),
};

const codex: Agent = {
  name: 'Codex',
  package: { registry: 'npm', name: '@openai/codex', version: '0.171.0', program: 'codex' },
  api: 'responses',
  toCommand: ({ url, key }) => ({
    flags: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', task.prompt],
    environment: { GRAVIX_KEY: key },
    files: {
      '.codex/config.toml': [
        `model = "${model}"`,
        'model_provider = "gravix"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '[model_providers.gravix]',
        'name = "Gravix"',
        `base_url = "${url}/v1"`,
        'env_key = "GRAVIX_KEY"',
        'wire_api = "responses"',
        '',
      ].join('\n'),
    },
  }),
  script: () =>
    playCalls(
      ['exec_command', { cmd: `cat ${task.fileName}` }],
      ['exec_command', { cmd: `sed -i s/wrold/world/ ${task.fileName}` }],
    ),
};

const opencode: Agent = {
  name: 'opencode',
  package: { registry: 'npm', name: 'opencode-ai', version: '1.18.33', program: 'opencode' },
  api: 'chat',
  toCommand: ({ url, key }) => ({
    flags: ['run', '--auto', '--model', `gravix/${model}`, task.prompt],
    environment: {
      GRAVIX_KEY: key,
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
    files: {
      '.config/opencode/opencode.json': JSON.stringify({
        $schema: 'https://opencode.ai/config.json',
        share: 'disabled',
        provider: {
          gravix: {
            npm: '@ai-sdk/openai-compatible',
            name: 'Gravix',
            options: { baseURL: `${url}/v1`, apiKey: '{env:GRAVIX_KEY}' },
            models: { [model]: { name: model, limit: { context: 32_768, output: 4096 } } },
          },
        },
      }),
    },
  }),
  script: (filePath) =>
    playCalls(['read', { filePath }], ['edit', { filePath, oldString: 'wrold', newString: 'world' }]),
};

const qwenCode: Agent = {
  name: 'Qwen Code',
  package: { registry: 'npm', name: '@qwen-code/qwen-code', version: '0.15.10', program: 'qwen' },
  api: 'chat',
  toCommand: ({ url, key }) => ({
    flags: ['--yolo', '--auth-type', 'openai', '--model', model, '--prompt', task.prompt],
    environment: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, QWEN_TELEMETRY_ENABLED: '0' },
    files: {
      '.qwen/settings.json': JSON.stringify({
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true, enableAutoUpdate: false },
      }),
    },
  }),
  script: (filePath) =>
    playCalls(
      ['read_file', { file_path: filePath }],
      ['edit', { file_path: filePath, old_string: 'wrold', new_string: 'world' }],
    ),
};

const aider: Agent = {
  name: 'aider',
  package: { registry: 'pypi', name: 'aider-chat', version: '0.86.2', program: 'aider' },
  api: 'chat',
  toCommand: ({ url, key }) => ({
    flags: [
      ...['--model', `openai/${model}`, '--message', task.prompt, '--yes-always', '--edit-format', 'diff'],
      ...['--no-git', '--no-analytics', '--no-check-update', '--no-show-model-warnings', '--no-gitignore'],
      task.fileName,
    ],
    environment: {
      OPENAI_API_BASE: `${url}/v1`,
      OPENAI_API_KEY: key,
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  }),
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
