import type { ChatRequest } from './to-chat-request.ts';

export interface Snippet {
  readonly language: string;
  readonly code: string;
}

/** Names that OpenAI's Python client takes. It sends others from `extra_body`. */
const pythonNames = new Set([
  ...['model', 'messages', 'stream', 'stream_options', 'temperature', 'top_p', 'seed', 'stop', 'tools'],
  ...['tool_choice', 'parallel_tool_calls', 'response_format', 'logprobs', 'top_logprobs', 'logit_bias'],
  ...['max_completion_tokens', 'frequency_penalty', 'presence_penalty', 'reasoning_effort'],
]);

/** The request as programs that run as they are. The key comes from the environment, and never stands in them. */
export function toSnippets(request: ChatRequest, serverUrl: string): readonly Snippet[] {
  return [
    { language: 'cURL', code: toCurl(request, serverUrl) },
    { language: 'Python', code: toPython(request, serverUrl) },
    { language: 'JavaScript', code: toJavaScript(request, serverUrl) },
  ];
}

function toCurl(request: ChatRequest, serverUrl: string): string {
  // Within single quotes a shell reads everything but a single quote.
  const body = JSON.stringify(request, null, 2).replaceAll("'", `'\\''`);
  return `curl --no-buffer ${serverUrl}/v1/chat/completions \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'
`;
}

function toPython(request: ChatRequest, serverUrl: string): string {
  const entries = Object.entries(request);
  const known = entries.filter(([name]) => pythonNames.has(name));
  const others = Object.fromEntries(entries.filter(([name]) => !pythonNames.has(name)));
  const lines = known.map(([name, value]) => `    ${name}=${toPythonValue(value, '    ')},`);
  if (Object.keys(others).length > 0) lines.push(`    extra_body=${toPythonValue(others, '    ')},`);
  return `import os

from openai import OpenAI

client = OpenAI(base_url="${serverUrl}/v1", api_key=os.environ["GRAVIXLAYER_API_KEY"])

stream = client.chat.completions.create(
${lines.join('\n')}
)
for chunk in stream:
    for choice in chunk.choices:
        for call in choice.delta.tool_calls or []:
            print(call.function.name or call.function.arguments, flush=True)
        print(choice.delta.content or "", end="", flush=True)
print()
`;
}

function toPythonValue(value: unknown, indent: string): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => `${inner}${toPythonValue(item, inner)},`).join('\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const lines = Object.entries(value).map(
      ([name, item]) => `${inner}${toPythonText(name)}: ${toPythonValue(item, inner)},`,
    );
    return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
  }
  if (typeof value === 'string') return toPythonText(value);
  if (value === null) return 'None';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** Escapes of JSON mean the same in Python, except for halves of a pair, which the server refuses anyway. */
function toPythonText(text: string): string {
  return JSON.stringify(text);
}

function toJavaScript(request: ChatRequest, serverUrl: string): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${serverUrl}/v1',
  apiKey: process.env.GRAVIXLAYER_API_KEY,
});

const stream = await client.chat.completions.create(${JSON.stringify(request, null, 2)});
for await (const chunk of stream) {
  for (const { delta } of chunk.choices) {
    for (const call of delta.tool_calls ?? []) console.log(call.function.name ?? call.function.arguments);
    process.stdout.write(delta.content ?? '');
  }
}
process.stdout.write('\\n');
`;
}
