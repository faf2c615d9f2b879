// The guarantees of the engine, as its clients see them.
import { readFileSync } from 'node:fs';
import { streamChat, type Target } from './chat-stream.ts';
import { percentile, round } from './figures.ts';

const sentence = 'The quick brown fox jumps over the lazy dog. ';
/** Tokens of `sentence` in the default model's vocabulary. */
const sentenceTokens = 10;

function textOfTokens(tokens: number, beginning: string): string {
  return beginning + sentence.repeat(Math.ceil(tokens / sentenceTokens));
}

/** First token of a conversation of 1,000 tokens, and of its second turn. */
export async function measureSecondTurn(target: Target) {
  const first = { role: 'user', content: textOfTokens(980, `Conversation ${process.pid}. `) };
  const cold = await streamChat(target, { messages: [first], maxTokens: 24 });
  const messages = [first, { role: 'assistant', content: cold.text }, { role: 'user', content: 'And then?' }];
  const warm = await streamChat(target, { messages, maxTokens: 24 });
  return {
    coldFirstTokenMs: round(cold.firstMs),
    secondTurnFirstTokenMs: round(warm.firstMs),
    ratio: round(warm.firstMs / cold.firstMs, 3),
  };
}

/** Pauses of four running streams while a prompt of `promptTokens` tokens is evaluated. */
export async function measureGaps(target: Target, promptTokens: number) {
  const leave = new AbortController();
  const streams = Array.from({ length: 4 }, (_, index) =>
    streamChat(target, {
      messages: [{ role: 'user', content: `Write a very long story, number ${index}, about the sea.` }],
      maxTokens: 700,
    }).catch(() => undefined),
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const long = await streamChat(target, {
    messages: [{ role: 'user', content: textOfTokens(promptTokens, `Long ${process.pid}. `) }],
    maxTokens: 2,
    signal: leave.signal,
  });
  const gapsMs = (await Promise.all(streams)).flatMap((times) => times?.gapsMs ?? []);
  return {
    promptTokens,
    longPromptFirstTokenMs: round(long.firstMs),
    gaps: gapsMs.length,
    gapMsP50: round(percentile(gapsMs, 50), 1),
    gapMsP99: round(percentile(gapsMs, 99), 1),
    gapMsMax: round(Math.max(...gapsMs), 1),
  };
}

/** How long `/health` takes while every slot evaluates a prompt of 1,000 tokens. */
export async function measureHealth(target: Target, slots: number) {
  const { origin } = new URL(target.baseUrl);
  const prefills = Array.from({ length: slots }, (_, index) =>
    streamChat(target, {
      messages: [{ role: 'user', content: textOfTokens(980, `Prefill ${process.pid}-${index}. `) }],
      maxTokens: 1,
    }),
  );
  let isOver = false;
  const all = Promise.all(prefills).finally(() => {
    isOver = true;
  });
  const timesMs: number[] = [];
  while (!isOver) {
    const startedAtMs = performance.now();
    await (await fetch(`${origin}/health`)).text();
    timesMs.push(performance.now() - startedAtMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await all;
  return {
    requests: timesMs.length,
    healthMsP50: round(percentile(timesMs, 50), 1),
    healthMsP99: round(percentile(timesMs, 99), 1),
  };
}

/**
 * From a client's leaving to the first text of the next request, with all slots taken: once in prefill and once
 * while decoding. The next request's own time on a free slot is taken off.
 */
export async function measureLeaving(target: Target, slots: number) {
  const hello = { messages: [{ role: 'user', content: 'Hello' }], maxTokens: 1 };
  await streamChat(target, hello);
  const freeMs = Math.min(...(await Promise.all([streamChat(target, hello)])).map(({ firstMs }) => firstMs));
  const measure = async (content: string, waitMs: number) => {
    const leave = new AbortController();
    const taken = Array.from({ length: slots }, (_, index) =>
      streamChat(target, {
        messages: [{ role: 'user', content: `${index}-${process.pid} ${content}` }],
        maxTokens: 700,
        signal: leave.signal,
      }).catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const next = streamChat(target, hello);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const leftAtMs = performance.now();
    leave.abort();
    await next;
    await Promise.all(taken);
    return round(Math.max(0, performance.now() - leftAtMs - freeMs));
  };
  return {
    freedMsInPrefill: await measure(textOfTokens(900, ''), 400),
    freedMsWhileDecoding: await measure('Write a very long story.', 2500),
  };
}

/** Memory of the server's own process that no file backs, in megabytes; Linux only. */
export function measureAnonymousMemory(pid: number): number | undefined {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : round(Number(kilobytes) / 1024);
  } catch {
    // No such file outside Linux: the figure is left out.
    return undefined;
  }
}
