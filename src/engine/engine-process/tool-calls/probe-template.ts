import type { CallSyntax } from './call-syntax.ts';
import { createCallParser } from './create-call-parser.ts';
import { toToolDefinition } from './describe-tools.ts';
import type { CallShape } from './template-traits.ts';
import { toTriggers } from './to-triggers.ts';
import type { KnownTool, ShownTool, TemplateMessage, ToolCallEvent } from './tool-call-format.ts';

/** Renders a conversation; `variables` are the template's others, such as `tools`. May throw. */
export type RenderTemplate = (
  messages: readonly TemplateMessage[],
  variables: Readonly<Record<string, unknown>>,
) => string;

// Words that no template has.
const toolName = 'probe_function';
const userText = 'Probe question.';
const resultText = 'Probe result.';

const probeTool: ShownTool = {
  name: toolName,
  description: 'Probes.',
  parameters: {
    type: 'object',
    properties: {
      number: { type: 'integer', description: 'A number.' },
      text: { type: 'string', description: 'A text.' },
    },
    required: ['number', 'text'],
  },
};

const callable: KnownTool = {
  name: toolName,
  parameters: [
    { name: 'number', kind: 'value' },
    { name: 'text', kind: 'text' },
  ],
};

/** The call of a probe, by its place in the message. */
function toProbeArguments(index: number) {
  return { number: 7 + index, text: `probe "text" ${index}` };
}

export function tryRender(
  render: RenderTemplate,
  messages: readonly TemplateMessage[],
  variables: Readonly<Record<string, unknown>>,
): string | undefined {
  try {
    return render(messages, variables);
  } catch {
    // A template that refuses a shape has answered the question.
    return undefined;
  }
}

const user: TemplateMessage = { role: 'user', content: userText };
const toId = (index: number) => `probeid0${index}`;

/** The variables with which the tools are shown, if there are any. */
export function findToolVariable(render: RenderTemplate): 'tools' | 'functions' | undefined {
  const definition = toToolDefinition(probeTool);
  const isShown = (variables: Readonly<Record<string, unknown>>) =>
    tryRender(render, [user], variables)?.includes(toolName) === true;
  if (isShown({ tools: [definition] })) return 'tools';
  return isShown({ functions: JSON.stringify([definition]) }) ? 'functions' : undefined;
}

/** A rendered conversation with calls and a result, from the answer on; undefined where it can't be rendered. */
export function renderCalls(render: RenderTemplate, shape: CallShape, calls: number): string | undefined {
  const indexes = Array.from({ length: calls }, (_, index) => index);
  const answer: TemplateMessage = {
    role: 'assistant',
    content: shape.emptyContent,
    tool_calls: indexes.map((index) => {
      const own = toProbeArguments(index);
      const given = shape.arguments === 'text' ? JSON.stringify(own) : own;
      return { type: 'function', id: toId(index), function: { name: toolName, arguments: given } };
    }),
  };
  const results = indexes.map(
    (index): TemplateMessage => ({
      role: 'tool',
      tool_call_id: toId(index),
      name: toolName,
      content: resultText,
    }),
  );
  const rendered = tryRender(render, [user, answer, ...results], { tools: [toToolDefinition(probeTool)] });
  const at = rendered?.lastIndexOf(userText) ?? -1;
  return at === -1 ? undefined : rendered?.slice(at + userText.length);
}

/** Whether the parser of this family reads these probe calls in a rendered answer, and nothing else as a call. */
export function readsCalls(syntax: CallSyntax, rendered: string, calls: number): boolean {
  const starts = toTriggers(syntax, [callable])
    .map(({ text }) => rendered.indexOf(text))
    .filter((at) => at !== -1);
  if (starts.length === 0) return false;
  const parser = createCallParser(syntax, { tools: [callable] });
  const events = [...parser.push(rendered.slice(Math.min(...starts))), ...parser.end()];
  const wanted = Array.from({ length: calls }, (_, index) => JSON.stringify(toProbeArguments(index)));
  return JSON.stringify(listArguments(events)) === JSON.stringify(wanted);
}

function listArguments(events: readonly ToolCallEvent[]): string[] {
  const texts: string[] = [];
  for (const event of events) {
    if (event.type === 'call-start') texts.push('');
    if (event.type === 'arguments-delta') texts[event.index] += event.text;
  }
  return texts.map((text) => {
    try {
      return JSON.stringify(JSON.parse(text));
    } catch {
      return text;
    }
  });
}

/** Whether the results of a call reach the model, given the shape in which its call does. */
export function findResults(render: RenderTemplate, shape: CallShape | undefined): boolean {
  if (shape !== undefined) return renderCalls(render, shape, 1)?.includes(resultText) === true;
  const messages: TemplateMessage[] = [
    user,
    { role: 'assistant', content: 'Probe answer.' },
    { role: 'tool', tool_call_id: toId(0), name: toolName, content: resultText },
  ];
  return tryRender(render, messages, {})?.includes(resultText) === true;
}
