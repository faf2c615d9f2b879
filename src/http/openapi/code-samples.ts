import type { CodeSamples, SampleContext } from './operation.ts';
import { toJsonInShell, toPythonLiteral } from './quote-in-sample.ts';

/** A program that uses OpenAI's Python package (`pip install openai`). */
export function toOpenAiPython({ serverUrl, base }: SampleContext, lines: string): string {
  return `import os

from openai import OpenAI

client = OpenAI(
    api_key=os.environ["GRAVIXLAYER_API_KEY"],
    base_url="${serverUrl}${base}",
)
${lines}
`;
}

/** A module that uses OpenAI's JavaScript package (`npm install openai`). */
export function toOpenAiJavaScript({ serverUrl, base }: SampleContext, lines: string): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({
  apiKey: process.env.GRAVIXLAYER_API_KEY,
  baseURL: '${serverUrl}${base}',
});
${lines}
`;
}

/** The use of a package's `client` in a sample. */
export interface ClientLines {
  readonly python: string;
  readonly javascript: string;
}

/** Posting a JSON body: as it is in a shell, and with OpenAI's packages. */
export function toPostSamples(
  context: SampleContext,
  path: string,
  body: object,
  lines: ClientLines,
): CodeSamples {
  return { curl: toPostCurl(context, path, body), ...toClientSamples(context, lines) };
}

/** Posting a JSON body: as it is in a shell, and with Anthropic's packages, which add `/v1` to their base URL. */
export function toAnthropicSamples(
  context: SampleContext,
  path: string,
  body: object,
  lines: ClientLines,
): CodeSamples {
  const { serverUrl, base } = context;
  const baseUrl = base === '/v1' ? serverUrl : `${serverUrl}${base}`;
  return {
    curl: `curl ${serverUrl}${base}${path} \\
  -H "Content-Type: application/json" \\
  -H "x-api-key: $GRAVIXLAYER_API_KEY" \\
  -H "anthropic-version: 2023-06-01" \\
  -d '${toJsonInShell(body)}'\n`,
    python: `import os

from anthropic import Anthropic

client = Anthropic(
    api_key=os.environ["GRAVIXLAYER_API_KEY"],
    base_url="${baseUrl}",
)
${lines.python}
`,
    javascript: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  apiKey: process.env.GRAVIXLAYER_API_KEY,
  baseURL: '${baseUrl}',
});
${lines.javascript}
`,
  };
}

/** A request without a body; `flags` are more of curl's. */
export function toBodylessSamples(
  context: SampleContext,
  path: string,
  lines: ClientLines,
  flags: readonly string[] = [],
): CodeSamples {
  const { serverUrl, base } = context;
  const headers = ['-H "Authorization: Bearer $GRAVIXLAYER_API_KEY"', ...flags];
  const curl = [`curl "${serverUrl}${base}${path}"`, ...headers].join(' \\\n  ');
  return { curl: `${curl}\n`, ...toClientSamples(context, lines) };
}

function toClientSamples(context: SampleContext, lines: ClientLines) {
  return {
    python: toOpenAiPython(context, lines.python),
    javascript: toOpenAiJavaScript(context, lines.javascript),
  };
}

function toPostCurl(
  { serverUrl, base }: SampleContext,
  path: string,
  body: object,
  method: 'POST' | 'PATCH' = 'POST',
): string {
  const flag = method === 'POST' ? '' : `-X ${method} `;
  return `curl ${flag}${serverUrl}${base}${path} \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY" \\
  -d '${toJsonInShell(body)}'\n`;
}

/** Posting a JSON body to what OpenAI's packages have no method for. */
export function toFetchSamples(
  context: SampleContext,
  path: string,
  body: object,
  method: 'POST' | 'PATCH' = 'POST',
): CodeSamples {
  const url = `${context.serverUrl}${context.base}${path}`;
  const json = JSON.stringify(body);
  return {
    curl: toPostCurl(context, path, body, method),
    python: `import json
import os
from urllib.request import Request, urlopen

request = Request(
    "${url}",
    method="${method}",
    data=json.dumps(${toPythonLiteral(body)}).encode(),
    headers={
        "Content-Type": "application/json",
        "Authorization": f"Bearer {os.environ['GRAVIXLAYER_API_KEY']}",
    },
)
with urlopen(request) as answer:
    print(json.load(answer))
`,
    javascript: `const answer = await fetch('${url}', {
  method: '${method}',
  headers: {
    'content-type': 'application/json',
    authorization: \`Bearer \${process.env.GRAVIXLAYER_API_KEY}\`,
  },
  body: JSON.stringify(${json}),
});
console.log(await answer.json());
`,
  };
}

/** Reading a JSON document that needs no key, with what each language brings. */
export function toOpenSamples({ serverUrl }: SampleContext, path: string): CodeSamples {
  return {
    curl: `curl ${serverUrl}${path}\n`,
    python: `import json
from urllib.request import urlopen

with urlopen("${serverUrl}${path}") as answer:
    print(json.load(answer))
`,
    javascript: `const answer = await fetch('${serverUrl}${path}');
console.log(await answer.json());
`,
  };
}

/** No client library has these: each language's own means. Events are printed as they come. */
export function toPlainSamples(
  { serverUrl, base }: SampleContext,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
): CodeSamples {
  const url = `${serverUrl}${base}${path}`;
  // A shell may take the `?` of a query for a pattern of file names.
  const shellUrl = path.includes('?') ? `"${url}"` : url;
  return {
    curl: `curl -N -X ${method} ${shellUrl} \\\n  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY"\n`,
    python: `import os
from urllib.request import Request, urlopen

request = Request(
    "${url}",
    method="${method}",
    headers={"Authorization": f"Bearer {os.environ['GRAVIXLAYER_API_KEY']}"},
)
with urlopen(request) as answer:
    for line in answer:
        print(line.decode(), end="")
`,
    javascript: `const answer = await fetch('${url}', {
  method: '${method}',
  headers: { authorization: \`Bearer \${process.env.GRAVIXLAYER_API_KEY}\` },
});
for await (const piece of answer.body) process.stdout.write(piece);
`,
  };
}
