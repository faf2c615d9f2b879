import { type CallSyntax, jsonArguments, namePart, text } from '../call-syntax.ts';

// Families that write a call as one JSON object with the name and the arguments in it.

const nameThenArguments = [
  text('{"name": "'),
  namePart,
  text('", "arguments": ', '", "parameters": '),
  jsonArguments,
  text('}'),
] as const;

/** Hermes 2 and 3, Qwen 2.5, 3 and QwQ, SmolLM 3, Granite 4; and the form for models without one. */
export const hermesSyntax: CallSyntax = {
  name: 'hermes',
  signs: ['<tool_call>'],
  open: '',
  close: '',
  separator: '\n',
  call: [
    text('<tool_call>\n{"name": "'),
    namePart,
    text('", "arguments": ', '", "parameters": '),
    jsonArguments,
    text('}\n</tool_call>'),
  ],
  triggers: ['<tool_call>'],
  result: ['<tool_response>\n', '\n</tool_response>'],
};

/** Llama 3.1, 3.2 and 3.3: the whole answer is one object. */
export const llamaSyntax: CallSyntax = {
  name: 'llama',
  signs: ['Given the following functions, please respond with a JSON'],
  open: '',
  close: '',
  separator: '; ',
  call: [
    text('{"name": "', '{"type": "function", "name": "', '<|python_tag|>{"name": "'),
    namePart,
    text('", "parameters": ', '", "parameters": ', '", "parameters": ', '", "arguments": '),
    jsonArguments,
    text('}'),
  ],
  callsMax: 1,
  triggers: ['{"name": "', '{"name":"', '{"type": "function", "name": "', '<|python_tag|>{"name": "'],
  isAtStartOnly: true,
};

/** Mistral 7B v0.3 and Nemo: a list, each call with an id at its end. */
export const mistralListSyntax: CallSyntax = {
  name: 'mistral-list',
  signs: ['[TOOL_CALLS]['],
  open: '[TOOL_CALLS][',
  close: ']',
  separator: ', ',
  call: [
    text('{"name": "'),
    namePart,
    text('", "arguments": '),
    jsonArguments,
    { kind: 'id', before: ', "id": "', form: 'nine-alphanumerics', after: '"', isKept: true },
    text('}'),
  ],
  triggers: ['[TOOL_CALLS]'],
  idForm: 'nine-alphanumerics',
};

/** Fireworks' firefunction 2. */
export const firefunctionSyntax: CallSyntax = {
  name: 'firefunction',
  signs: ['functools['],
  open: ' functools[',
  close: ']',
  separator: ', ',
  call: nameThenArguments,
  triggers: ['functools['],
};

/** Granite 3: the call is a list after a token; its template writes no earlier calls. */
export const graniteSyntax: CallSyntax = {
  name: 'granite',
  signs: ['<|tool_call|>', 'JSON list of tools used'],
  open: '<|tool_call|>[',
  close: ']',
  separator: ', ',
  call: nameThenArguments,
  triggers: ['<|tool_call|>'],
};

/** Command R7B and later: numbered calls between two tokens. */
export const commandSyntax: CallSyntax = {
  name: 'command',
  signs: ['<|START_ACTION|>'],
  open: '<|START_ACTION|>[\n    ',
  close: '\n]<|END_ACTION|>',
  separator: ',\n    ',
  call: [
    text('{'),
    { kind: 'id', before: '"tool_call_id": "', form: 'number', after: '", ', isKept: false },
    text('"tool_name": "'),
    namePart,
    text('", "parameters": '),
    jsonArguments,
    text('}'),
  ],
  triggers: ['<|START_ACTION|>'],
};
