// The templates of well-known models, rendered by the engine's own renderer. The texts lie beside the
// repository where the team keeps them; without them the table is skipped, loudly.

import { beforeAll, describe, expect } from 'vitest';
import {
  readTemplate,
  templateFiles,
  testEachTemplate,
  testTemplates,
} from '../../../../test/shared-files.ts';
import {
  createRandom,
  foldEvents,
  sampleTools,
  splitText,
  toCallableTools,
} from '../../../../test/tool-calls/sample-tools.ts';
import { type Binding, openBinding } from '../model/binding.ts';
import { findSyntax, findToolCallFormat } from './find-tool-call-format.ts';
import { type RenderTemplate, tryRender } from './probe-template.ts';
import { toTriggers } from './to-triggers.ts';
import type { TemplateConversation, ToolConversationMessage } from './tool-call-format.ts';
import { writeCalls } from './write-calls.ts';

/** Where a template shows tools: itself, not at all, or in a variable of its own. */
const expected: Readonly<Record<string, readonly [name: string, tools: string | undefined]>> = {
  'ByteDance-Seed-OSS': ['seed', 'tools'],
  'CohereForAI-c4ai-command-r7b-12-2024-tool_use': ['command', 'tools'],
  'GLM-4.6': ['glm', 'tools'],
  'HuggingFaceTB-SmolLM3-3B': ['generic', undefined],
  'LFM2.5-Instruct': ['lfm', 'tools'],
  'MiniMax-M2': ['minimax', 'tools'],
  'Mistral-Small-3.2-24B-Instruct-2506': ['mistral-id', 'tools'],
  'NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use': ['hermes', 'tools'],
  'NousResearch-Hermes-3-Llama-3.1-8B-tool_use': ['hermes', 'tools'],
  'Qwen-QwQ-32B': ['hermes', 'tools'],
  'Qwen-Qwen2.5-7B-Instruct': ['hermes', 'tools'],
  'Qwen-Qwen3-0.6B': ['hermes', 'tools'],
  'Qwen3-Coder': ['qwen-coder', 'tools'],
  'Qwen3.5-4B': ['qwen-coder', 'tools'],
  'deepseek-ai-DeepSeek-R1-Distill-Llama-8B': ['deepseek-r1', undefined],
  'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B': ['deepseek-r1', undefined],
  'deepseek-ai-DeepSeek-V3.1': ['deepseek-v3.1', undefined],
  'deepseek-ai-DeepSeek-V3.2': ['deepseek-v3.2', 'tools'],
  'fireworks-ai-llama-3-firefunction-v2': ['firefunction', 'functions'],
  'google-gemma-2-2b-it': ['generic', undefined],
  'google-gemma-4-31B-it': ['gemma', 'tools'],
  'ibm-granite-granite-3.3-2B-Instruct': ['granite', 'tools'],
  'ibm-granite-granite-4.0': ['hermes', 'tools'],
  'meetkai-functionary-medium-v3.1': ['functionary-3.1', 'tools'],
  'meetkai-functionary-medium-v3.2': ['functionary-3.2', 'tools'],
  'meta-llama-Llama-3.1-8B-Instruct': ['llama', 'tools'],
  'meta-llama-Llama-3.2-3B-Instruct': ['llama', 'tools'],
  'meta-llama-Llama-3.3-70B-Instruct': ['llama', 'tools'],
  'microsoft-Phi-3.5-mini-instruct': ['generic', undefined],
  'mistralai-Ministral-3-14B-Reasoning-2512': ['mistral', 'tools'],
  'mistralai-Mistral-Nemo-Instruct-2407': ['mistral-list', 'tools'],
  'moonshotai-Kimi-K2': ['kimi', 'tools'],
  'openai-gpt-oss-120b': ['harmony', 'tools'],
};

let binding: Binding;
beforeAll(async () => {
  binding = await openBinding();
});

function open(file: string) {
  const text = readTemplate(file);
  const template = binding.compileTemplate(text);
  const render: RenderTemplate = (messages, variables) =>
    template.render({
      messages,
      add_generation_prompt: true,
      bos_token: '<s>',
      eos_token: '</s>',
      ...variables,
    });
  return { text, render };
}

const question: ToolConversationMessage = { role: 'user', text: 'How is the weather?' };
const toCall = (index: number, name: string, given: object) => ({
  id: `call_A1b2C3d4E5f6G7h8I9j0K1l${index}`,
  name,
  arguments: JSON.stringify(given),
});
const calls = [
  toCall(0, 'get_weather', { city: 'Paris "Nord"', days: 3, unit: 'celsius' }),
  toCall(1, 'get_weather', { city: 'Saint-Étienne', days: 1, unit: 'celsius' }),
];
const toAnswer = (count: number): ToolConversationMessage[] => [
  question,
  { role: 'assistant', text: '', calls: calls.slice(0, count) },
  ...calls
    .slice(0, count)
    .map(
      ({ id }, index): ToolConversationMessage => ({ role: 'tool', callId: id, text: `Sunny in ${index}.` }),
    ),
];
const toRead = (count: number) =>
  calls
    .slice(0, count)
    .map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments), isComplete: true }));

describe('the tool calls of well-known models', () => {
  testTemplates('the templates are here', () => {
    expect(Object.keys(expected).map((name) => `${name}.jinja`)).toEqual(
      expect.arrayContaining([...templateFiles]),
    );
  });

  testEachTemplate('%s: the family is found', (file) => {
    const { text, render } = open(file);
    const { syntax, traits } = findSyntax(text, render);
    expect([syntax.name, traits.toolVariable]).toEqual(expected[file.replace('.jinja', '')]);
  });

  testEachTemplate('%s: tools, calls and results reach the model', (file) => {
    const { text, render } = open(file);
    const format = findToolCallFormat(text, render);
    for (const count of [1, 2]) {
      const rendered = renderFirst(
        render,
        text,
        format.toTemplateConversations(toAnswer(count), sampleTools),
      );
      for (const { name } of sampleTools) expect(rendered).toContain(name);
      let from = rendered.lastIndexOf(question.role === 'user' ? question.text : '');
      const shown = format.isParallelPossible
        ? [...calls.slice(0, count).map((call) => call.arguments), 'Sunny in 0.', 'Sunny in 1.']
        : calls.slice(0, count).flatMap((call, index) => [call.arguments, `Sunny in ${index}.`]);
      for (const part of shown.slice(0, count * 2)) {
        const wanted = part.startsWith('{')
          ? (JSON.parse(part) as { city: string }).city.split(' ')[0]
          : part;
        const at = rendered.indexOf(wanted ?? '', from);
        expect(at, `${part} in ${rendered.slice(from)}`).toBeGreaterThan(from);
        from = at;
      }
    }
  });

  testEachTemplate('%s: what the template writes is read, however it is cut', (file) => {
    const { text, render } = open(file);
    const { syntax } = findSyntax(text, render);
    const format = findToolCallFormat(text, render);
    const count = format.isParallelPossible ? 2 : 1;
    const rendered = renderFirst(render, text, format.toTemplateConversations(toAnswer(count), sampleTools));
    const answer = rendered.slice(rendered.lastIndexOf('weather?') + 'weather?'.length);
    const starts = toTriggers(syntax, sampleTools)
      .map((trigger) => answer.indexOf(trigger.text))
      .filter((at) => at !== -1);
    const random = createRandom(1);
    for (let repeat = 0; repeat < 10; repeat++) {
      const parser = format.createParser({ tools: toCallableTools(format.notation) });
      const pieces = splitText(answer.slice(Math.min(...starts)), random);
      const read = foldEvents([...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()]);
      expect(read.calls).toEqual(toRead(count));
    }
  });

  testEachTemplate('%s: the grammar is for what the template writes', (file) => {
    const { text, render } = open(file);
    const { syntax } = findSyntax(text, render);
    const format = findToolCallFormat(text, render);
    const count = format.isParallelPossible ? 2 : 1;
    const rendered = renderFirst(render, text, format.toTemplateConversations(toAnswer(count), sampleTools));
    const written = writeCalls(syntax, calls.slice(0, count));
    const tools = toCallableTools(format.notation);
    const wanted = { tools, isParallel: true };
    // One family's template closes a single call in no way, and two only once.
    if (!file.includes('R1-Distill-Llama')) expect(rendered).toContain(written);
    expect(binding.matchTexts(format.toGrammar(wanted), [written, `${written} x`])).toEqual([true, false]);
    for (const trigger of format.triggers(tools)) {
      const at = written.trimStart();
      if (!at.startsWith(trigger.text)) continue;
      const rest = at.slice(trigger.text.length);
      expect(binding.matchTexts(format.toGrammarAfterTrigger(trigger, wanted), [rest]), trigger.text).toEqual(
        [true],
      );
    }
  });

  testEachTemplate('%s: tools that say little do not fail', (file) => {
    const { text, render } = open(file);
    const format = findToolCallFormat(text, render);
    const bare = [
      { name: 'bare_function' },
      { name: 'other', parameters: { type: 'object', properties: { a: {} } } },
    ];
    const rendered = renderFirst(render, text, format.toTemplateConversations([question], bare));
    expect(rendered).toContain('bare_function');
  });
});

function renderFirst(
  render: RenderTemplate,
  template: string,
  conversations: readonly TemplateConversation[],
): string {
  for (const { messages, variables } of conversations) {
    const rendered = tryRender(render, foldSystem(messages, template), variables);
    if (rendered !== undefined) return rendered;
  }
  throw new Error('The template renders none of them.');
}

/** The one template here that refuses system messages gets them in the user's. */
function foldSystem(
  messages: Parameters<RenderTemplate>[0],
  template: string,
): Parameters<RenderTemplate>[0] {
  const [first, second, ...others] = messages;
  if (!template.includes('System role not supported') || first?.role !== 'system' || second === undefined) {
    return messages;
  }
  return [{ role: 'user', content: `${first.content}\n${second.content}` }, ...others];
}
