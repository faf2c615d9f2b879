import { z } from 'zod';
import { priceSchema } from './price-settings.ts';
import { boolean, integer, setting } from './setting.ts';
import { timeoutsSchema } from './timeout-settings.ts';

function capability(description: string) {
  return setting(boolean.optional(), { description });
}

/** What a model can do, where the preset of its upstream is wrong about it. */
const capabilitiesSchema = z.strictObject({
  tools: capability('Tools that the model may call'),
  images: capability('Images in messages'),
  logprobs: capability('Log-probabilities of tokens'),
  prefill: capability('Answers that continue the last message of the assistant'),
  textPrompts: capability('Text completions'),
  tokenPrompts: capability('Prompts of token ids'),
  suffix: capability('Text after a text completion'),
  logitBias: capability('`logit_bias`'),
  reasoning: capability('Reasoning; shown on the Models Page'),
  embeddings: capability('Embeddings instead of text'),
});

const passParametersMax = 64;

const fields = z.strictObject({
  embedded: setting(z.union([z.literal(true), z.string().min(1)]).optional(), {
    description: 'Installed model that the embedded engine runs; `true` for the model of the public name',
    range: 'the name of an installed model, or true',
  }),
  upstream: setting(z.string().min(1).optional(), {
    description: 'Name of an upstream',
    range: 'the name of an upstream',
  }),
  model: setting(z.string().min(1).max(512).optional(), {
    description: 'Name of the model at the upstream; by default the public name',
  }),
  priority: setting(integer(0, 100).default(0), {
    description: 'Deployments with the lowest number serve first; the others when these can not',
  }),
  weight: setting(integer(1, 1000).default(1), {
    description: 'Share of the requests among deployments of the same priority',
  }),
  requestsMax: setting(integer(1, 100_000).optional(), {
    description: 'Maximum number of requests at the same time; by default that of the upstream',
  }),
  timeouts: setting(timeoutsSchema.default({}), {
    description: 'Time-outs; by default those of the upstream',
    range: 'a mapping of connectMs, firstTokenMs, betweenChunksMs and totalMs to durations',
  }),
  tokensPerSecondMin: setting(z.number().min(0.01).max(10_000).optional(), {
    description:
      'Leave the deployment for the next one if it generates fewer tokens per second before anything was sent',
    range: 'a number from 0.01 to 10,000',
  }),
  contextLength: setting(integer(16, 100_000_000).optional(), {
    description: 'Tokens of prompt and answer together; by default what the upstream says',
  }),
  price: setting(priceSchema.optional(), {
    description: 'Price of the tokens of this deployment; by default that of the model',
    range: 'a mapping with input, output, and optionally cachedInput and currency',
  }),
  capabilities: setting(capabilitiesSchema.default({}), {
    description: 'Corrections of what the preset says that the model can do',
    range: 'a mapping of capabilities to true or false',
  }),
  passParameters: setting(
    z
      .array(z.string().regex(/^[A-Za-z_][\w.-]{0,127}$/))
      .max(passParametersMax)
      .default([]),
    {
      description: 'Fields of a request that Gravix does not know and that go to the upstream unchanged',
      range: `a list of up to ${passParametersMax} names of fields`,
    },
  ),
  imageAddresses: setting(boolean.default(false), {
    description:
      'Pass addresses of images on, which the upstream then fetches; otherwise only images as data',
  }),
});

/** The word `embedded` alone is the installed model of the public name. */
function spelledDeployment(value: unknown): unknown {
  return value === 'embedded' ? { embedded: true } : value;
}

/** One way to serve a model. `checkDeployments` checks how its fields relate. */
export const deploymentSchema = z.preprocess(spelledDeployment, fields);

export type DeploymentSettings = z.output<typeof deploymentSchema>;
