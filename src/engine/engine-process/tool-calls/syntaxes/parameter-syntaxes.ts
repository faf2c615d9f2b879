import { type CallSyntax, namePart, text } from '../call-syntax.ts';

// Families that write each parameter separately.

/** Qwen 3 Coder and Qwen 3.5. */
export const qwenCoderSyntax: CallSyntax = {
  name: 'qwen-coder',
  signs: ['<function=', '<parameter=', '<tool_call>'],
  triggers: ['<tool_call>'],
  open: '',
  close: '',
  separator: '\n',
  call: [
    text('<tool_call>\n<function='),
    namePart,
    text('>\n'),
    {
      kind: 'arguments',
      form: {
        kind: 'tagged',
        beforeName: '<parameter=',
        beforeText: '>\n',
        afterValue: '\n</parameter>\n',
      },
    },
    text('</function>\n</tool_call>'),
  ],
};

/** Seed-OSS. */
export const seedSyntax: CallSyntax = {
  name: 'seed',
  signs: ['<seed:tool_call>', '<parameter='],
  triggers: ['<seed:tool_call>'],
  open: '',
  close: '',
  separator: '\n',
  call: [
    text('<seed:tool_call>\n<function='),
    namePart,
    text('>\n'),
    {
      kind: 'arguments',
      form: { kind: 'tagged', beforeName: '<parameter=', beforeText: '>', afterValue: '</parameter>\n' },
    },
    text('</function>\n</seed:tool_call>'),
  ],
};

/** GLM 4.5 and 4.6. */
export const glmSyntax: CallSyntax = {
  name: 'glm',
  signs: ['<tool_call>', '<arg_key>'],
  triggers: ['<tool_call>'],
  open: '',
  close: '',
  separator: '\n',
  call: [
    text('<tool_call>'),
    namePart,
    text('\n'),
    {
      kind: 'arguments',
      form: {
        kind: 'tagged',
        beforeName: '<arg_key>',
        beforeText: '</arg_key>\n<arg_value>',
        afterValue: '</arg_value>\n',
      },
    },
    text('</tool_call>'),
  ],
};

/** MiniMax M2. */
export const minimaxSyntax: CallSyntax = {
  name: 'minimax',
  signs: ['<minimax:tool_call>', '<invoke name="'],
  triggers: ['<minimax:tool_call>'],
  open: '<minimax:tool_call>\n',
  close: '\n</minimax:tool_call>',
  separator: '\n',
  call: [
    text('<invoke name="'),
    namePart,
    text('">\n'),
    {
      kind: 'arguments',
      form: {
        kind: 'tagged',
        beforeName: '<parameter name="',
        beforeText: '">',
        afterValue: '</parameter>\n',
      },
    },
    text('</invoke>'),
  ],
  result: ['<response>', '</response>'],
};

/** DeepSeek V3.2. */
export const deepseekV32Syntax: CallSyntax = {
  name: 'deepseek-v3.2',
  signs: ['｜DSML｜', 'function_calls>'],
  triggers: ['<｜DSML｜function_calls>'],
  open: '<｜DSML｜function_calls>\n',
  close: '\n</｜DSML｜function_calls>',
  separator: '\n',
  call: [
    text('<｜DSML｜invoke name="'),
    namePart,
    text('">\n'),
    {
      kind: 'arguments',
      form: {
        kind: 'tagged',
        beforeName: '<｜DSML｜parameter name="',
        beforeText: '" string="true">',
        beforeValue: '" string="false">',
        afterValue: '</｜DSML｜parameter>\n',
      },
    },
    text('</｜DSML｜invoke>'),
  ],
  result: ['<function_results>\n<result>', '</result>\n</function_results>'],
};

/** LFM 2 and 2.5: calls as in Python; its template writes no earlier calls. */
export const lfmSyntax: CallSyntax = {
  name: 'lfm',
  signs: ['List of tools: [', '<|im_start|>'],
  triggers: ['<|tool_call_start|>'],
  open: '<|tool_call_start|>[',
  close: ']<|tool_call_end|>',
  separator: ', ',
  call: [namePart, text('('), { kind: 'arguments', form: { kind: 'python' } }, text(')')],
};

/** Gemma 4. */
export const gemmaSyntax: CallSyntax = {
  name: 'gemma',
  signs: ['<|tool_call>call:'],
  triggers: ['<|tool_call>'],
  open: '',
  close: '',
  separator: '',
  call: [
    text('<|tool_call>call:'),
    namePart,
    text('{'),
    { kind: 'arguments', form: { kind: 'gemma' } },
    text('}<tool_call|>'),
  ],
};
