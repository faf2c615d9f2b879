// Dashboards and alerts ask for metrics that exist, with labels that they have.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { chatBody, postChat } from '../http/requests.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';
import { startWholeApp } from '../start-whole-app.ts';
import { wholeBody, wholeHead } from '../upstream/answer-texts.ts';
import { startFaultyUpstream } from '../upstream/faulty-upstream.ts';

const folder = join(import.meta.dirname, '..', '..', 'deploy');

const dashboardSchema = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(
    z.object({
      title: z.string(),
      description: z.string().min(1),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).min(1),
    }),
  ),
});

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});

interface Query {
  readonly place: string;
  readonly expression: string;
}

function listFiles(name: string, end: string): readonly string[] {
  return readdirSync(join(folder, name))
    .filter((file) => file.endsWith(end))
    .map((file) => join(folder, name, file));
}

function listQueries(): readonly Query[] {
  const panels = listFiles('grafana', '.json').flatMap(
    (path) => dashboardSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).panels,
  );
  const rules = listFiles('prometheus', '.yaml').flatMap((path) =>
    rulesSchema.parse(parse(readFileSync(path, 'utf8'))).groups.flatMap((group) => group.rules),
  );
  return [
    ...panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ place: `panel ${title}`, expression: expr })),
    ),
    ...rules.map(({ alert, expr }) => ({ place: `alert ${alert}`, expression: expr })),
  ];
}

/** The names of metrics in a query: what stands behind them has them in braces, brackets or operators. */
function listMetrics(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:gen_ai|gravix|process|nodejs)_[a-z_]+(?=[{[ )]|$)/g)]
    .map(([name]) => name)
    .filter((name) => !name.startsWith('gen_ai_request_model'));
}

/** Only the process of a model crashes, and this one is a scripted backend. Its e2e test looks for the figure. */
const ofEngines = new Set(['gravix_engine_restarts_total']);

async function readMetrics(): Promise<string> {
  const upstream = await startFaultyUpstream({
    behaviours: {
      far: ({ isStreamed, response }) => {
        response.writeHead(200, wholeHead(isStreamed));
        response.end(wholeBody(isStreamed));
      },
    },
  });
  onTestFinished(() => upstream.close());
  const whole = await startWholeApp({
    settings: {
      metrics: 'open',
      upstreams: { cloud: { kind: 'vllm', baseUrl: upstream.baseUrl.href } },
      models: [{ name: 'far', deployments: [{ upstream: 'cloud' }] }],
    },
  });
  const scripted = await startTestApp({ models: { m: sayTexts('Hi', ' you') }, limits: { metrics: 'open' } });
  onTestFinished(() => scripted.close());
  const read = async (url: string) => await (await fetch(`${url}/metrics`)).text();
  const ask = async (url: string, key: string, model: string) => {
    const body = chatBody(model, { stream: true });
    const answer = await postChat({ url, key }, body, { path: '/v1/chat/completions' });
    expect(answer.status).toBe(200);
    await answer.text();
  };
  await ask(whole.url, await whole.createKey('user'), 'far');
  await ask(scripted.url, scripted.key, 'm');
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    const texts = [await read(whole.url), await read(scripted.url)];
    const isThere = texts.every((text) => /^gravix_request_overhead_seconds_count 1$/m.test(text));
    if (isThere || performance.now() > deadlineMs) return texts.join('\n');
    await sleep(20);
  }
}

test('every metric of the dashboards and alerts has a value after traffic', async () => {
  const text = await readMetrics();
  const queries = listQueries();
  expect(queries.length).toBeGreaterThan(25);
  for (const { place, expression } of queries) {
    const metrics = listMetrics(expression);
    if (!expression.startsWith('up{')) expect(metrics.length, `${place}: ${expression}`).toBeGreaterThan(0);
    for (const metric of metrics) {
      const family = metric.replace(/_(?:bucket|count|sum)$/, '');
      expect(text, place).toMatch(new RegExp(`^# TYPE ${family} `, 'm'));
      if (!ofEngines.has(metric)) expect(text, place).toMatch(new RegExp(`^${metric}(?:\\{| )`, 'm'));
    }
    for (const [, labels = ''] of expression.matchAll(/by \(([^)]+)\)/g)) {
      for (const label of labels.split(', ')) {
        const isKnown = ['instance', 'le'].includes(label) || text.includes(`${label}="`);
        const isOfFailures = ['error_type', 'model'].includes(label);
        expect(isKnown || isOfFailures, `${place}: ${label}`).toBe(true);
      }
    }
  }
});

test('the queries of the dashboard select the chosen servers', () => {
  for (const { place, expression } of listQueries()) {
    if (place.startsWith('panel ')) expect(expression, place).toContain('instance=~"$instance"');
  }
});
