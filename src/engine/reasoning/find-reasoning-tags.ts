import type { ReasoningTags } from './reasoning-tags.ts';

interface Family {
  /** Texts of which a template of this family has one. */
  readonly signs: readonly string[];
  readonly tags: ReasoningTags;
}

/** Families with distinctive tags come before the common ones. */
const families: readonly Family[] = [
  {
    // gpt-oss: every message is on a channel, and reasoning may appear between calls.
    signs: ['<|channel|>analysis'],
    tags: {
      start: '<|channel|>analysis<|message|>',
      end: '<|end|>',
      next: { any: '<|start|>assistant', answer: '<|start|>assistant<|channel|>final<|message|>' },
      isAnywhere: true,
      hidden: [
        '<|start|>assistant',
        '<|channel|>final<|message|>',
        '<|channel|>commentary<|message|>',
        '<|end|>',
        '<|return|>',
      ],
    },
  },
  {
    // Command R7B and later.
    signs: ['<|START_THINKING|>'],
    tags: {
      start: '<|START_THINKING|>',
      end: '<|END_THINKING|>',
      hidden: ['<|START_RESPONSE|>', '<|END_RESPONSE|>'],
    },
  },
  { signs: ['[THINK]'], tags: { start: '[THINK]', end: '[/THINK]' } },
  { signs: ['<seed:think>'], tags: { start: '<seed:think>', end: '</seed:think>' } },
  // Gemma 4.
  { signs: ['<|channel>thought'], tags: { start: '<|channel>thought', end: '<channel|>' } },
  {
    // Granite 3.
    signs: ['<response></response>'],
    tags: { start: '<think>', end: '</think>', hidden: ['<response>', '</response>'] },
  },
  { signs: ['<think>', '</think>'], tags: { start: '<think>', end: '</think>' } },
];

/** The reasoning tags of a model, found by its chat template. Undefined if it is not known to reason. */
export function findReasoningTags(templateText: string): ReasoningTags | undefined {
  return families.find(({ signs }) => signs.some((sign) => templateText.includes(sign)))?.tags;
}

/** Whether a text that the answer continues has started reasoning and not ended it. */
export function endsInThought({ start, end }: ReasoningTags, text: string): boolean {
  return text.includes(start.trimEnd()) && text.lastIndexOf(start.trimEnd()) > text.lastIndexOf(end);
}

/**
 * Whether the model continues inside of reasoning that the prompt has started. It depends on the request,
 * because variables such as `enable_thinking` change the end of the prompt.
 */
export function beginsInThought({ start }: ReasoningTags, prompt: string): boolean {
  return prompt.trimEnd().endsWith(start.trimEnd());
}
