import type { Client } from './client.ts';
import { aider } from './clients/aider.ts';
import { claudeCode } from './clients/claude-code.ts';
import { cline } from './clients/cline.ts';
import { codex } from './clients/codex.ts';
import { continueClient } from './clients/continue.ts';
import { crush } from './clients/crush.ts';
import { goose } from './clients/goose.ts';
import { llm } from './clients/llm.ts';
import { openWebui } from './clients/open-webui.ts';
import { opencode } from './clients/opencode.ts';
import { qwenCode } from './clients/qwen-code.ts';
import { zed } from './clients/zed.ts';

/** In the order of the alphabet. */
export function listClients(): readonly Client[] {
  return [
    ...[aider, claudeCode, cline, codex, continueClient, crush],
    ...[goose, llm, openWebui, opencode, qwenCode, zed],
  ];
}
