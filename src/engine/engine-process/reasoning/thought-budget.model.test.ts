// A model that never stops to think by itself, for every family of thoughts: its tokens are scripted, the vocabulary is
// real. The texts of the templates lie beside the repository where the team keeps them.

import { beforeAll, describe, expect, test } from 'vitest';
import { chatPrompt } from '../../../../test/chat-prompt.ts';
import { createRequest } from '../../../../test/create-request.ts';
import {
  readTemplate,
  templateFiles,
  testEachTemplate,
  testTemplates,
} from '../../../../test/shared-files.ts';
import { testModelPath } from '../../../../test/test-model.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { neutralSampling, type ReasoningLimit } from '../../../backend/generation-request.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import { findReasoningTags } from '../../reasoning/find-reasoning-tags.ts';
import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';
import { createMarkerTokens } from '../answer/marker-tokens.ts';
import { openAnswer } from '../answer/open-answer.ts';
import { type BoundModel, openBinding } from '../model/binding.ts';
import { createVocabulary, type Vocabulary } from '../model/vocabulary.ts';
import type { AnswerStart } from '../prompt/prompt.ts';
import { createPromptTokenizer } from '../prompt/prompt-tokens.ts';
import { acceptToken, startRun } from '../step/slot-run.ts';
import { createToolCallFormat } from '../tool-calls/create-tool-call-format.ts';
import { hermesSyntax } from '../tool-calls/syntaxes/json-object-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
import { toThoughtEnds } from './thought-limit.ts';

const tagsOf = (file: string) => findReasoningTags(readTemplate(file));

let bound: BoundModel;
let vocabulary: Vocabulary;
beforeAll(async () => {
  bound = await (await openBinding()).loadModel(testModelPath());
  vocabulary = createVocabulary(bound.native, bound.vocabularySize);
});

const endless = 'Hm, let me see. Or 🦙? ';

interface Thinker {
  readonly reasoning: ReasoningLimit | undefined;
  readonly start: AnswerStart;
  readonly maxTokens: number;
  readonly toolUse?: ToolUse;
  readonly grammar?: string;
}

/** Opens its thought unless the prompt did, thinks as long as it may, answers and ends. */
function think(tags: ReasoningTags, { reasoning, start, maxTokens, toolUse, grammar }: Thinker) {
  const toolCalls = createToolCallFormat(hermesSyntax, plainTraits);
  const texts = [tags.start, tags.end, ...(tags.hidden ?? [])];
  const thoughtEnds = toThoughtEnds(tags, createPromptTokenizer(vocabulary));
  const facts = {
    contextLength: 2048,
    slots: 1,
    vocabularySize: bound.vocabularySize,
    release: 'b1',
    tokenBytesMax: vocabulary.tokenBytesMax,
    hasOwnTemplate: true,
    task: 'generate' as const,
  };
  const model = {
    bound,
    vocabulary,
    toolCalls,
    reasoningTags: tags,
    facts,
    thoughtEnds,
    drafting: undefined,
    thoughtMarkers: createMarkerTokens(vocabulary, texts),
    callMarkers: createMarkerTokens(vocabulary, [...texts, ...toolCalls.markers]),
    callBeginnings: new Uint32Array(),
  };
  const request = createRequest('', {
    sampling: neutralSampling,
    prompt: chatPrompt([]),
    maxTokens,
    grammar,
    toolUse,
    reasoning,
  });
  const answer = openAnswer(model, request, start);
  const sampler = { native: { applyConfig() {}, dispose() {} }, configure() {}, releaseGrammar() {} };
  const pending = {
    request,
    prompt: new Uint32Array(),
    answer,
    start,
    echo: undefined,
    queueWaitMs: 0,
    submittedAtMs: 0,
  };
  const run = startRun(model, { sampler }, pending, 0, 0);
  const thought = [...vocabulary.tokenize(endless)];
  const opening = start === 'thought' ? [] : [...vocabulary.tokenize(tags.start)];
  const rest = [...vocabulary.tokenize('Paris.'), bound.native.tokenEos()];
  const events: GenerationEvent[] = [];
  let thoughts = 0;
  while (events.at(-1)?.type !== 'finish') {
    const [forced, ...later] = run.forcedTokens;
    run.forcedTokens = later;
    const isThinking = opening.length === 0 && answer.reading?.reader.isInThought === true;
    const draw = () => opening.shift() ?? (isThinking ? thought[thoughts++ % thought.length] : rest.shift());
    events.push(...acceptToken(vocabulary, run, forced ?? draw() ?? bound.native.tokenEos()));
  }
  const join = (type: 'text-delta' | 'reasoning-delta') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const finish = events.at(-1);
  return {
    thought: join('reasoning-delta'),
    content: join('text-delta'),
    reason: finish?.type === 'finish' ? finish.reason : undefined,
    reasoningTokens: finish?.type === 'finish' ? finish.usage.reasoningTokens : -1,
    endTokens: thoughtEnds.answer.length,
    nextGrammar: run.nextGrammar,
  };
}

describe('the thoughts of well-known models are ended', () => {
  testTemplates('the templates are here', () => {
    expect(templateFiles.filter((file) => tagsOf(file) !== undefined)).toHaveLength(17);
  });

  testEachTemplate('%s', (file) => {
    const tags = tagsOf(file);
    if (tags === undefined) return;
    for (const start of ['turn', 'thought'] as const) {
      const free = think(tags, { reasoning: undefined, start, maxTokens: 120 });
      expect(free).toMatchObject({ content: '', reason: 'length' });
      for (const tokensMax of [0, 1, 10, 11, 12, 13, 40]) {
        const reasoning = { effort: undefined, tokensMax };
        const answer = think(tags, { reasoning, start, maxTokens: 200 });
        expect(answer).toMatchObject({ content: 'Paris.', reason: 'stop' });
        expect(answer.reasoningTokens).toBeGreaterThanOrEqual(tokensMax);
        // The tag that begins a thought is one token of it.
        expect(answer.reasoningTokens).toBeLessThanOrEqual(Math.max(1, tokensMax) + answer.endTokens);
        expect(endless.repeat(50).replaceAll(' ', '')).toContain(answer.thought.replaceAll(' ', ''));
        expect(answer.thought === '').toBe(tokensMax <= 1 && (tokensMax === 0 || start === 'turn'));
      }
      for (const [effort, share] of [
        ['low', 50],
        ['medium', 100],
        ['high', 150],
      ] as const) {
        const reasoning = { effort, tokensMax: undefined };
        const answer = think(tags, { reasoning, start, maxTokens: 200 });
        expect(answer).toMatchObject({ content: 'Paris.', reason: 'stop' });
        expect(answer.reasoningTokens).toBeGreaterThanOrEqual(share);
        expect(answer.reasoningTokens).toBeLessThanOrEqual(share + answer.endTokens);
      }
    }
  });

  test('a grammar that waits for the end of the thought begins there', () => {
    const tags = { start: '<think>', end: '</think>' };
    const own = { start: 'thought', maxTokens: 200, grammar: 'root ::= "Paris."' } as const;
    const limit = (tokensMax: number) => ({ effort: undefined, tokensMax });
    expect(think(tags, { ...own, reasoning: limit(5) })).toMatchObject({ content: 'Paris.' });
    expect(think(tags, { ...own, reasoning: limit(5) }).nextGrammar).toBeDefined();
    expect(think(tags, { ...own, reasoning: limit(500) }).nextGrammar).toBeUndefined();
  });
});
