import { type CallSyntax, jsonArguments, namePart, text } from '../call-syntax.ts';

// Families that write the name, followed by the arguments as JSON.

/** Mistral Small 3.2, with ids. */
export const mistralIdSyntax: CallSyntax = {
  name: 'mistral-id',
  signs: ['[TOOL_CALLS]', '[CALL_ID]', '[ARGS]'],
  triggers: ['[TOOL_CALLS]'],
  open: '',
  close: '',
  separator: '',
  call: [
    text('[TOOL_CALLS]'),
    namePart,
    { kind: 'id', before: '[CALL_ID]', form: 'nine-alphanumerics', after: '', isKept: true },
    text('[ARGS]'),
    jsonArguments,
  ],
  idForm: 'nine-alphanumerics',
};

/** Ministral 3 and Mistral's models since. */
export const mistralSyntax: CallSyntax = {
  name: 'mistral',
  signs: ['[TOOL_CALLS]', '[ARGS]'],
  triggers: ['[TOOL_CALLS]'],
  open: '',
  close: '',
  separator: '',
  call: [text('[TOOL_CALLS]'), namePart, text('[ARGS]'), jsonArguments],
};

/** DeepSeek R1 and its distilled models. */
export const deepseekR1Syntax: CallSyntax = {
  name: 'deepseek-r1',
  signs: ['<｜tool▁calls▁begin｜>', '```json'],
  open: '<｜tool▁calls▁begin｜>',
  close: '<｜tool▁calls▁end｜>',
  separator: '\n',
  call: [
    text('<｜tool▁call▁begin｜>function<｜tool▁sep｜>'),
    namePart,
    text('\n```json\n'),
    jsonArguments,
    text('\n```<｜tool▁call▁end｜>'),
  ],
  triggers: ['<｜tool▁calls▁begin｜>', '<｜tool▁call▁begin｜>'],
};

/** DeepSeek V3.1. */
export const deepseekV31Syntax: CallSyntax = {
  name: 'deepseek-v3.1',
  signs: ['<｜tool▁calls▁begin｜>', '<｜tool▁sep｜>'],
  triggers: ['<｜tool▁calls▁begin｜>', '<｜tool▁call▁begin｜>'],
  open: '<｜tool▁calls▁begin｜>',
  close: '<｜tool▁calls▁end｜>',
  separator: '',
  call: [
    text('<｜tool▁call▁begin｜>'),
    namePart,
    text('<｜tool▁sep｜>'),
    jsonArguments,
    text('<｜tool▁call▁end｜>'),
  ],
};

/** Kimi K2: the name is part of the call's id. */
export const kimiSyntax: CallSyntax = {
  name: 'kimi',
  signs: ['<|tool_calls_section_begin|>'],
  triggers: ['<|tool_calls_section_begin|>', '<|tool_call_begin|>'],
  open: '<|tool_calls_section_begin|>',
  close: '<|tool_calls_section_end|>',
  separator: '',
  call: [
    text('<|tool_call_begin|>functions.'),
    namePart,
    { kind: 'id', before: ':', form: 'number', after: '', isKept: false },
    text('<|tool_call_argument_begin|>'),
    jsonArguments,
    text('<|tool_call_end|>'),
  ],
  idForm: 'name-and-index',
};

/** gpt-oss: a message to a function, on a channel. The token that ends it ends the answer. */
export const harmonySyntax: CallSyntax = {
  name: 'harmony',
  signs: ['<|channel|>commentary', 'to=functions.'],
  open: '',
  close: '',
  separator: '',
  call: [
    text(' to=functions.', '<|channel|>commentary to=functions.', '<|start|>assistant to=functions.'),
    namePart,
    text(
      '<|channel|>commentary json<|message|>',
      ' <|constrain|>json<|message|>',
      '<|channel|>commentary json<|message|>',
      '<|channel|>commentary <|constrain|>json<|message|>',
      ' json<|message|>',
      ' code<|message|>',
      '<|message|>',
    ),
    jsonArguments,
  ],
  callsMax: 1,
  triggers: ['to=functions.', '<|channel|>commentary to=functions.', '<|start|>assistant to=functions.'],
  hidden: [{ text: '<|call|>', isAtStart: false }],
};

/** Functionary 3.1. */
export const functionarySyntax: CallSyntax = {
  name: 'functionary-3.1',
  signs: ['<function='],
  triggers: ['<function='],
  open: '',
  close: '',
  separator: '',
  call: [text('<function='), namePart, text('>'), jsonArguments, text('</function>')],
};

/** Functionary 3.2: every part of an answer names who it is for, and the prompt ends before the first name. */
export const functionaryRecipientSyntax: CallSyntax = {
  name: 'functionary-3.2',
  signs: ['{recipient}', '>>>'],
  triggers: [],
  open: '',
  close: '',
  separator: '>>>',
  call: [namePart, text('\n'), jsonArguments],
  beginsWithName: true,
  hidden: [
    { text: 'all\n', isAtStart: true },
    { text: '>>>all\n', isAtStart: false },
  ],
};
