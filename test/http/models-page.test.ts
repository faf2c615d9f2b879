import { afterAll, beforeAll, expect, test } from 'vitest';
import { listCatalogModels } from '../../src/catalog/list-catalog-models.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readJson } from './requests.ts';
import { chatAlias, chatFacts, chatModel, embeddingFacts, embeddingModel } from './scripted-models.ts';

/** Would end an attribute, an element, a shell's string and a program's. */
const hostileModel = `x"><script src='//evil'></script>'; echo no #\\`;
const hostileLicense = '</dd><img src=x onerror=alert(1)>';
const script = sayTexts('Hi');

const pagePolicyText =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    defaultModel: chatModel,
    models: { [chatModel]: script, [embeddingModel]: script, [hostileModel]: script },
    aliases: { [chatAlias]: chatModel },
    facts: {
      [chatModel]: chatFacts,
      [embeddingModel]: embeddingFacts,
      [hostileModel]: { capabilities: chatCapabilities, license: hostileLicense },
    },
  });
});

afterAll(() => app.close());

async function readPage(query = ''): Promise<string> {
  const answer = await fetch(`${app.url}/models${query}`);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** The article of a served model. */
function findArticle(page: string, id: string): string {
  const article = page.split('<article').find((part) => part.includes(`<h3>${id}</h3>`));
  expect(article, id).toBeDefined();
  return article!.split('</article>')[0]!;
}

/** Names in the rows and articles that are not hidden. */
function listShown(page: string): string[] {
  const served = [...page.matchAll(/<article[^>]*>\n<header><h3>([^<]*)/g)];
  const pullable = [...page.matchAll(/<tr data-kind[^>]*>\n.*?gravix pull <\/span>([^<]*)/g)];
  return [...served, ...pullable]
    .filter(([markup]) => !/^[^>]* hidden>/.test(markup))
    .map(([, name]) => name!);
}

test('it is served without a key on loopback, under the policy of all pages', async () => {
  const answer = await fetch(`${app.url}/models`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-security-policy')).toBe(pagePolicyText);
  const text = await answer.text();
  expect(text).not.toMatch(/<style|style=|<script>| on[a-z]+="|src="https?:|url\(/);
});

test('it needs a key where the setting says so', async () => {
  const closed = await startTestApp({ models: { [chatModel]: script }, limits: { pages: 'key' } });
  expect((await fetch(`${closed.url}/models`)).status).toBe(401);
  const authorization = `Bearer ${closed.key}`;
  expect((await fetch(`${closed.url}/models`, { headers: { authorization } })).status).toBe(200);
  await closed.close();
});

test('the default is marked, and models that chat come before embeddings', async () => {
  const page = await readPage();
  expect(findArticle(page, chatModel)).toContain('>Default<');
  expect(page.match(/>Default</g)).toHaveLength(1);
  const place = (text: string) => page.indexOf(text);
  expect(place(`<h3>${chatModel}</h3>`)).toBeLessThan(place(`<h3>${embeddingModel}</h3>`));
  expect(place('<h3>llama3.1</h3>')).toBeLessThan(place('<h3>bge-m3</h3>'));
});

test.each([
  ['name', ['all-minilm', 'bge-m3', 'deepseek-r1']],
  ['smallest', undefined],
  ['largest', undefined],
] as const)('?sort=%s sorts without a script', async (sort, families) => {
  const page = await readPage(`?sort=${sort}`);
  expect(page).toContain(`<option value="${sort}" selected>`);
  const names = [...page.matchAll(/<summary><h3>([^<]*)/g)].map(([, name]) => name);
  if (families !== undefined) expect(names.slice(0, families.length)).toEqual(families);
  const { families: usual } = await listFamilies();
  expect([...names].sort()).toEqual([...usual].sort());
  expect(names).not.toEqual(usual);
});

async function listFamilies() {
  return { families: [...(await readPage()).matchAll(/<summary><h3>([^<]*)/g)].map(([, name]) => name) };
}

test('within a family, models are sorted by their sizes', async () => {
  const sizesOf = async (sort: string) => {
    const family = (await readPage(`?sort=${sort}`)).split('<h3>qwen3</h3>')[1]?.split('</details>')[0] ?? '';
    return [...family.matchAll(/data-label="Size">(?:≈ )?([\d.]+) (MB|GB)</g)].map(
      ([, size, unit]) => Number(size) * (unit === 'GB' ? 1000 : 1),
    );
  };
  const smallest = await sizesOf('smallest');
  expect(smallest.length).toBeGreaterThan(3);
  expect(smallest).toEqual(smallest.toSorted((a, b) => a - b));
  expect(await sizesOf('largest')).toEqual(smallest.toReversed());
});

test('without the console nothing leads there: the command remains', async () => {
  const page = await readPage();
  expect(page).not.toContain('/console/');
  expect(page).toContain('gravix pull </span>');
});

test('a key that may use some models sees those on the page', async () => {
  const { key } = await app.keys.create({ name: 'narrow', models: [embeddingModel] });
  const answer = await fetch(`${app.url}/models`, { headers: { authorization: `Bearer ${key}` } });
  // Where the pages are open, nobody asks who is there.
  expect(await answer.text()).toContain(`<h3>${chatModel}</h3>`);
  const closed = await startTestApp({
    models: { [chatModel]: script, [embeddingModel]: script },
    limits: { pages: 'key' },
  });
  const narrow = await closed.keys.create({ name: 'narrow', models: [embeddingModel] });
  const page = await fetch(`${closed.url}/models`, { headers: { authorization: `Bearer ${narrow.key}` } });
  const text = await page.text();
  expect(text).toContain(`<h3>${embeddingModel}</h3>`);
  expect(text).not.toContain(`<h3>${chatModel}</h3>`);
  await closed.close();
});

test('a served model shows what the API says of it, and its alias stands with it', async () => {
  const article = findArticle(await readPage(), chatModel);
  for (const fact of ['Ready', 'Tool calls', 'Structured outputs', 'Log probabilities']) {
    expect(article).toContain(`>${fact}<`);
  }
  for (const value of ['2,048 tokens', '98.4 MB', '135M', 'Q4_1', 'llama', 'Apache-2.0', 'in this server']) {
    expect(article).toContain(`<dd>${value}</dd>`);
  }
  expect(article).not.toContain('>Reasoning<');
  expect(article).toContain(`Aliases: <code>${chatAlias}</code>`);
  expect(article).toContain('<code>temperature</code>');
  expect(article.replaceAll(/ +/g, ' ')).toContain(
    'Defaults: <code>temperature: 0.6</code> <code>top_k: 20</code> <code>stop: [&quot;&lt;end&gt;&quot;]</code> <code>a system message</code>',
  );
  expect(findArticle(await readPage(), embeddingModel)).not.toContain('Unless a request');
  expect((await readPage()).split('<article')).toHaveLength(4);
});

test('the state is that of the moment', async () => {
  app.backend(embeddingModel).setState('unloaded');
  expect(findArticle(await readPage(), embeddingModel)).toContain('Loads with its next request');
  app.backend(embeddingModel).setState('failed');
  expect(findArticle(await readPage(), embeddingModel)).toContain('Failed to load');
  app.backend(embeddingModel).setState('ready');
});

test('a model has the samples of what it is for', async () => {
  const page = await readPage();
  const chat = findArticle(page, chatModel);
  expect(chat).toContain(`curl ${app.url}/v1/inference/chat/completions`);
  expect(chat).toContain(`model=&quot;${chatModel}&quot;`);
  expect(chat).toContain(`model: &#39;${chatModel}&#39;`);
  const embedding = findArticle(page, embeddingModel);
  expect(embedding).toContain(`curl ${app.url}/v1/inference/embeddings`);
  expect(embedding).toContain('client.embeddings.create');
  expect(embedding).not.toContain('/chat/completions');
});

test('the rest of the catalogue can be pulled: every model once, with its command', async () => {
  const page = await readPage();
  const commands = [...page.matchAll(/gravix pull <\/span>([^<]+)<\/code>/g)].map(([, name]) => name);
  const names = listCatalogModels().map(({ name }) => name);
  expect(commands.toSorted()).toEqual(names.filter((name) => name !== chatModel).toSorted());
  expect(page).toContain(`>${names.length - 1}</span> ready to pull`);
});

test('the commands have the name that works on the machine of the server', async () => {
  const inClone = await startTestApp({ commandName: 'npx gravix', models: {} });
  const page = await (await fetch(`${inClone.url}/models`)).text();
  await inClone.close();
  expect(page).toMatch(/npx gravix pull <\/span>/);
  expect(page).toContain('npx gravix pull --help');
  expect(page).toContain('in the folder of the clone');
  expect(page).not.toMatch(/(?<!npx )gravix pull/);
  expect(await readPage()).not.toContain('npx gravix');
});

test('hostile names and facts are texts, in the page and in the samples', async () => {
  const page = await readPage(`?q=${encodeURIComponent(hostileModel)}`);
  expect(page).not.toContain("<script src='//evil");
  expect(page).not.toContain('<img');
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;/dd&gt;&lt;img src=x onerror=alert(1)&gt;');
  // In the shell's line the quote of the name is one of its text.
  expect(page).toContain('&#39;\\&#39;&#39;; echo no #');
  expect(page).toContain('value="x&quot;&gt;&lt;script src=&#39;//evil&#39;&gt;');
});

test.each([
  ['?q=', (name: string) => name !== ''],
  ['?q=Q8_0+LLAMA3.2', (name: string) => /^llama3\.2:.*q8_0$/.test(name)],
  [`?q=${encodeURIComponent(chatAlias)}&show=served`, (name: string) => name === chatModel],
  ['?capability=embeddings&show=served', (name: string) => name === embeddingModel],
  ['?capability=embeddings&show=pullable', (name: string) => /^(nomic|all-minilm|mxbai|bge)/.test(name)],
  ['?q=gpt-oss&capability=reasoning', (name: string) => name.startsWith('gpt-oss:')],
  ['?q=no-such-model', () => false],
])('%s filters without a script', async (query, isWanted) => {
  const all = listShown(await readPage());
  expect(all.length).toBeGreaterThan(100);
  const page = await readPage(query);
  const shown = listShown(page);
  expect(shown).toEqual(all.filter(isWanted));
  expect(page.includes('<p id="nothing" hidden>')).toBe(shown.length > 0);
});

test.each([
  ['?capability=flying', 'capability'],
  ['?show=none', 'show'],
  ['?sort=newest', 'sort'],
  ['?q=a&q=b', 'q'],
  [`?q=${'a'.repeat(201)}`, 'q'],
])('%s is refused', async (query, param) => {
  const answer = await fetch(`${app.url}/models${query}`);
  expect(answer.status).toBe(400);
  expect((await readJson(answer)).error).toMatchObject({ type: 'invalid_request_error', param });
});

test('what is not a filter is named as ignored', async () => {
  const answer = await fetch(`${app.url}/models?page=2`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ignored-params')).toBe('page');
});

test('a server without models says so', async () => {
  const empty = await startTestApp({ models: {} });
  const answer = await fetch(`${empty.url}/models`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('No model yet');
  await empty.close();
});
