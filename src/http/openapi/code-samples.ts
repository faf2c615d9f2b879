import type { CodeSamples, SampleSurroundings } from './operation.ts';

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
