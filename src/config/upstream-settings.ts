import { z } from 'zod';
import { probeMsDefault, projectHeaderDefault } from '../upstream-rules/upstream-defaults.ts';
import { upstreamKinds } from '../upstream-rules/upstream-kinds.ts';
import { boolean, duration, integer, minuteMs, setting } from './setting.ts';
import { timeoutsSchema } from './timeout-settings.ts';
import { upstreamUrl } from './upstream-address.ts';

/** Names of upstreams stand in logs, in the ledger and in `owned_by`. */
const upstreamName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

const urlRange = 'a URL such as http://10.0.0.5:8000/v1';

/** An upstream is one URL, a list of addresses, or a DNS name. `checkUpstreams` checks how its fields relate. */
const upstreamSchema = z.strictObject({
  kind: setting(z.enum(upstreamKinds), {
    description: 'Which server it is; the preset knows what that server drops or words differently',
  }),
  baseUrl: setting(upstreamUrl.optional(), {
    description: 'URL of the one server or router, up to and with `/v1`',
    range: urlRange,
  }),
  addresses: setting(z.array(upstreamUrl).min(1).max(256).optional(), {
    description: 'URLs of replicas that serve the same models; requests are balanced over them',
    range: 'a list of 1 to 256 URLs such as http://10.0.0.5:8000/v1',
  }),
  dns: setting(upstreamUrl.optional(), {
    description:
      'URL whose name has an address record for each replica; it is looked up again when the records expire, at the latest after 30s',
    range: 'a URL such as http://vllm.models.svc:8000/v1',
  }),
  mode: setting(z.enum(['router', 'replicas']).optional(), {
    description:
      '`router`: the one URL balances by itself, so its 429 and 503 are passed on and not tried again there. `replicas`: we balance over `addresses` or `dns`. By default `replicas` with these, otherwise one server',
  }),
  apiKeyEnv: setting(
    z
      .string()
      .regex(/^[A-Za-z_]\w{0,127}$/)
      .optional(),
    {
      description: 'Environment variable with the key that is sent to this upstream',
      range: 'the name of an environment variable such as GPU1_KEY',
    },
  ),
  apiKeyFile: setting(z.string().min(1).max(4096).optional(), {
    description: 'File with the key, read at the start and at each reload; relative to `config.yaml`',
    range: 'the path of a file',
  }),
  probeMs: setting(duration(1000, 60 * minuteMs).default(probeMsDefault), {
    description: 'Time between two looks at the health, the models and the version of each address',
  }),
  discover: setting(boolean.default(false), {
    description: 'Serve the models that the upstream lists, under their own names',
  }),
  timeouts: setting(timeoutsSchema.default({}), {
    description: 'Time-outs of its deployments, unless they set their own',
    range: 'a mapping of connectMs, firstTokenMs, betweenChunksMs and totalMs to durations',
  }),
  requestsMax: setting(integer(1, 100_000).optional(), {
    description:
      'Maximum number of requests that each of its deployments runs at the same time, unless it sets its own; more wait in the queue. By default unlimited',
  }),
  projectHeader: setting(
    z
      .string()
      .regex(/^x-[a-z0-9-]{1,100}$/)
      .optional(),
    {
      description: `Header that carries the id of the caller's project, for the fair queues of a router; by default \`${projectHeaderDefault}\` with \`mode: router\`, otherwise none`,
      range: 'the name of a header in lower case that starts with x-',
    },
  ),
});

/** Maximum number of upstreams. */
const upstreamsMax = 256;

/** Upstreams by name. */
export const upstreamsSchema = z
  .record(upstreamName, upstreamSchema)
  .refine((upstreams) => Object.keys(upstreams).length <= upstreamsMax);

export type UpstreamSettings = z.output<typeof upstreamSchema>;
