// Images through each preset, from each API: what the server of the upstream gets, and what is refused before it.
import { expect, test } from 'vitest';
import { dialects } from '../../src/protocol/openai/upstream/dialects.ts';
import { type UpstreamKind, upstreamKinds } from '../../src/upstream-rules/upstream-kinds.ts';
import { postChat } from '../http/requests.ts';
import { startScriptedOpenAiServer } from '../scripted-openai-server.ts';
import { startWholeApp } from '../start-whole-app.ts';

/** One red pixel. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const dataUrl = `data:image/png;base64,${pixel}`;
const address = 'https://images.example/a.png';

interface Asked {
  readonly path: string;
  readonly toBody: (url: string) => object;
}

/** The same question about an image in the words of each API. */
const apis: Readonly<Record<string, Asked>> = {
  chat: {
    path: '/v1/chat/completions',
    toBody: (url) => ({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    }),
  },
  responses: {
    path: '/v1/responses',
    toBody: (url) => ({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is it?' },
            { type: 'input_image', image_url: url },
          ],
        },
      ],
    }),
  },
  messages: {
    path: '/v1/messages',
    toBody: (url) => ({
      max_tokens: 8,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            {
              type: 'image',
              source: url.startsWith('data:')
                ? { type: 'base64', media_type: 'image/png', data: pixel }
                : { type: 'url', url },
            },
          ],
        },
      ],
    }),
  },
};

/** A deployment as its preset has it, one whose model sees, and one that may fetch images too. */
const deployments = {
  preset: {},
  seeing: { capabilities: { images: true } },
  fetching: { capabilities: { images: true }, imageAddresses: true },
} as const;

type Shape = keyof typeof deployments;
const shapes = Object.keys(deployments) as Shape[];
const toModel = (kind: UpstreamKind, shape: Shape) => `${kind}-${shape}`;

async function start() {
  const models = upstreamKinds.flatMap((kind) => shapes.map((shape) => toModel(kind, shape)));
  const upstream = await startScriptedOpenAiServer({ models });
  const server = await startWholeApp({
    settings: {
      upstreams: Object.fromEntries(upstreamKinds.map((kind) => [kind, { kind, baseUrl: upstream.baseUrl }])),
      models: upstreamKinds.flatMap((kind) =>
        shapes.map((shape) => ({
          name: toModel(kind, shape),
          deployments: [{ upstream: kind, ...deployments[shape] }],
        })),
      ),
    },
  });
  const key = await server.createKey('user');
  const ask = async (kind: UpstreamKind, shape: Shape, { path, toBody }: Asked, url: string) => {
    const before = upstream.asks.length;
    const body = JSON.stringify({ model: toModel(kind, shape), ...toBody(url) });
    const answer = await postChat({ url: server.url, key }, body, { path });
    const text = await answer.text();
    return { status: answer.status, text, got: upstream.asks.slice(before).map(({ body: sent }) => sent) };
  };
  return { ask };
}

/** The content of the message that the upstream got. */
const toSent = (url: string) => [
  {
    model: expect.any(String),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
  },
];

test.each(Object.entries(apis))('%s: each preset passes images on, or refuses them', async (_, api) => {
  const { ask } = await start();
  for (const kind of upstreamKinds) {
    const preset = await ask(kind, 'preset', api, dataUrl);
    if (dialects[kind].images) {
      expect(preset, kind).toMatchObject({ status: 200, got: toSent(dataUrl) });
    } else {
      expect(preset, kind).toMatchObject({ status: 400, got: [] });
      expect(preset.text, kind).toContain('image');
    }
    expect(await ask(kind, 'seeing', api, dataUrl), kind).toMatchObject({
      status: 200,
      got: toSent(dataUrl),
    });
    const refused = await ask(kind, 'seeing', api, address);
    expect(refused, kind).toMatchObject({ status: 400, got: [] });
    expect(refused.text, kind).toContain("can't fetch images from addresses");
    expect(await ask(kind, 'fetching', api, address), kind).toMatchObject({
      status: 200,
      got: toSent(address),
    });
  }
});
