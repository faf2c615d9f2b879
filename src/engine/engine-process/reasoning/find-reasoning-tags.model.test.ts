// The templates of well-known models, rendered by the engine's own renderer. The texts lie beside the
// repository where the team keeps them; without them the table is skipped, loudly.

import { beforeAll, describe, expect } from 'vitest';
import {
  readTemplate,
  templateFiles,
  testEachTemplate,
  testTemplates,
} from '../../../../test/shared-files.ts';
import { createRandom, splitText } from '../../../../test/tool-calls/sample-tools.ts';
import { beginsInThought, findReasoningTags } from '../../reasoning/find-reasoning-tags.ts';
import { type Binding, openBinding } from '../model/binding.ts';
import { createReasoningSplitter } from './create-reasoning-splitter.ts';

/**
 * The start of a thought; whether the prompt begins one by itself, and with `enable_thinking`; and what such a model
 * writes, which is always the same thought and text.
 */
const expected: Readonly<
  Record<string, readonly [start: string, byItself: boolean, enabled: boolean, answer: string]>
> = {
  'ByteDance-Seed-OSS': ['<seed:think>', false, false, '<seed:think>\nHm.\n</seed:think>\nParis.'],
  'CohereForAI-c4ai-command-r7b-12-2024-tool_use': [
    '<|START_THINKING|>',
    false,
    false,
    '<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Paris.<|END_RESPONSE|>',
  ],
  'GLM-4.6': ['<think>', false, false, '\n<think>Hm.</think>\nParis.'],
  'HuggingFaceTB-SmolLM3-3B': ['<think>', false, false, '<think>\nHm.\n</think>\nParis.'],
  'LFM2.5-Instruct': ['<think>', false, false, '<think>\nHm.\n</think>\n\nParis.'],
  'MiniMax-M2': ['<think>', true, true, 'Hm.\n</think>\n\nParis.'],
  'Qwen-QwQ-32B': ['<think>', false, true, '<think>Hm.</think>\n\nParis.'],
  'Qwen-Qwen3-0.6B': ['<think>', false, false, '<think>\nHm.\n</think>\n\nParis.'],
  'Qwen3.5-4B': ['<think>', true, true, 'Hm.\n</think>\n\nParis.'],
  'deepseek-ai-DeepSeek-R1-Distill-Llama-8B': ['<think>', true, true, 'Hm.\n</think>\n\nParis.'],
  'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B': ['<think>', false, true, '<think>\nHm.\n</think>\n\nParis.'],
  'deepseek-ai-DeepSeek-V3.1': ['<think>', false, true, '<think>Hm.</think>Paris.'],
  'deepseek-ai-DeepSeek-V3.2': ['<think>', false, true, '<think>Hm.</think>Paris.'],
  'google-gemma-4-31B-it': ['<|channel>thought', false, false, '<|channel>thought\nHm.\n<channel|>Paris.'],
  'ibm-granite-granite-3.3-2B-Instruct': [
    '<think>',
    false,
    false,
    '<think>Hm.</think>\n<response>Paris.</response>',
  ],
  'mistralai-Ministral-3-14B-Reasoning-2512': ['[THINK]', false, false, '[THINK]Hm.[/THINK]Paris.'],
  'openai-gpt-oss-120b': [
    '<|channel|>analysis<|message|>',
    false,
    false,
    '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Paris.',
  ],
};

let binding: Binding;
beforeAll(async () => {
  binding = await openBinding();
});

describe('the thoughts of well-known models', () => {
  testTemplates('the templates are here', () => {
    expect(templateFiles).toEqual(
      expect.arrayContaining(Object.keys(expected).map((name) => `${name}.jinja`)),
    );
  });

  testEachTemplate('%s', (file) => {
    const text = readTemplate(file);
    const tags = findReasoningTags(text);
    const [start, byItself, enabled, answer] = expected[file.replace('.jinja', '')] ?? [];
    expect(tags?.start).toBe(start);
    if (tags === undefined || answer === undefined) return;
    const template = binding.compileTemplate(text);
    const render = (variables: Record<string, unknown>) =>
      template.render({
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
        add_generation_prompt: true,
        bos_token: '<s>',
        eos_token: '</s>',
        ...variables,
      });
    expect(beginsInThought(tags, render({}))).toBe(byItself);
    expect(beginsInThought(tags, render({ enable_thinking: true }))).toBe(enabled);
    expect(beginsInThought(tags, render({ enable_thinking: false, thinking_budget: 0 }))).toBe(
      // These two know no such variable.
      byItself && !file.startsWith('Qwen3.5'),
    );
    for (let seed = 0; seed < 20; seed++) {
      const splitter = createReasoningSplitter(tags, { startsInside: byItself === true });
      const pieces = splitText(answer, createRandom(seed));
      const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
      expect(parts.map(({ reasoning }) => reasoning).join('')).toBe('Hm.');
      expect(parts.map((part) => part.text).join('')).toBe('Paris.');
    }
  });
});
