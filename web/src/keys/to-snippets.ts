import type { CreatedKey } from '../api/key-wire.ts';

export interface SnippetParts {
  /** Of the server, without a path. */
  readonly baseUrl: string;
  readonly created: Pick<CreatedKey, 'key' | 'scopes'>;
  /** That the key may use; undefined: there is none. */
  readonly model: string | undefined;
}

export interface Snippet {
  readonly title: string;
  readonly code: string;
}

/** Requests with the key that can be run as they are: a chat where the key may chat, else what it may do. */
export function toSnippets({ baseUrl, created, model }: SnippetParts): readonly Snippet[] {
  const { key, scopes } = created;
  if (scopes.includes('inference') && model !== undefined) return toChatSnippets(baseUrl, key, model);
  const path = scopes.includes('admin')
    ? '/v1/admin/keys'
    : scopes.includes('metrics')
      ? '/metrics'
      : '/v1/key';
  return [{ title: 'cURL', code: `curl ${baseUrl}${path} \\\n  -H "Authorization: Bearer ${key}"` }];
}

function toChatSnippets(baseUrl: string, key: string, model: string): readonly Snippet[] {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] }, undefined, 2);
  const name = JSON.stringify(model);
  return [
    {
      title: 'cURL',
      code: `curl ${baseUrl}/v1/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '${body.replaceAll("'", "'\\''")}'`,
    },
    {
      title: 'Python',
      code: `from openai import OpenAI

client = OpenAI(base_url="${baseUrl}/v1", api_key="${key}")
completion = client.chat.completions.create(
    model=${name},
    messages=[{"role": "user", "content": "Hello!"}],
)
print(completion.choices[0].message.content)`,
    },
    {
      title: 'JavaScript',
      code: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${baseUrl}/v1', apiKey: '${key}' });
const completion = await client.chat.completions.create({
  model: ${name},
  messages: [{ role: 'user', content: 'Hello!' }],
});
console.log(completion.choices[0].message.content);`,
    },
  ];
}
