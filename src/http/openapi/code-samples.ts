import type { CodeSamples, SampleSurroundings } from './operation.ts';
import { toJsonInShell } from './quote-in-sample.ts';

/** A program that uses OpenAI's Python package (`pip install openai`). */
export function toOpenAiPython({ serverUrl, base }: SampleSurroundings, lines: string): string {
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
export function toOpenAiJavaScript({ serverUrl, base }: SampleSurroundings, lines: string): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({
  apiKey: process.env.GRAVIXLAYER_API_KEY,
  baseURL: '${serverUrl}${base}',
});
${lines}
`;
}

/** Posting a JSON body to what OpenAI's packages have no method for. */
export function toFetchSamples(
  { serverUrl, base }: SampleSurroundings,
  path: string,
  body: object,
): CodeSamples {
  const url = `${serverUrl}${base}${path}`;
  const json = JSON.stringify(body);
  return {
    curl: `curl ${url} \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY" \\
  -d '${toJsonInShell(body)}'\n`,
    python: `import json
import os
from urllib.request import Request, urlopen

request = Request(
    "${url}",
    data=json.dumps(${json}).encode(),
    headers={
        "Content-Type": "application/json",
        "Authorization": f"Bearer {os.environ['GRAVIXLAYER_API_KEY']}",
    },
)
with urlopen(request) as answer:
    print(json.load(answer))
`,
    javascript: `const answer = await fetch('${url}', {
  method: 'POST',
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
export function toOpenSamples({ serverUrl }: SampleSurroundings, path: string): CodeSamples {
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
