import type { EngineModel } from '../model/engine-model.ts';
import { isPrefilling, type SlotRun } from '../step/slot.ts';
import type { StepEntry } from '../step/step-plan.ts';
import { chooseDraftLength, type DraftOutlook } from './choose-draft-length.ts';

/**
 * Adds drafts to a step if they make each of its streams faster. A prompt that is being evaluated gets all
 * the room. `stepTokensMax`: maximum tokens of the step besides one token per stream.
 */
export function planDrafts(
  { drafting, bound }: Pick<EngineModel, 'drafting' | 'bound'>,
  entries: readonly StepEntry[],
  stepTokensMax: number,
  threads: number,
): readonly StepEntry[] {
  if (drafting === undefined || entries.some(({ run }) => isPrefilling(run))) {
    return entries;
  }
  const isAlone = entries.length === 1;
  const outlooks = entries.map(({ run }): DraftOutlook => {
    // Sampling with a grammar is slow, and the other streams would wait for each token of a draft.
    const isPossible = (run.grammar === undefined || isAlone) && isFirstAllowed(bound, run);
    const room = run.completionTokensMax - run.completionTokens - 1;
    return {
      draftTokensMax: isPossible ? Math.max(0, Math.min(room, drafting.tokensMax)) : 0,
      expectTokens: (draftTokens) => run.drafter?.expectTokens(draftTokens) ?? 1,
    };
  });
  const length = chooseDraftLength(outlooks, stepTokensMax, (more) =>
    drafting.costs.growth(threads, entries.length, more),
  );
  return length === 0 ? entries : entries.map((entry) => addDraft(entry, length));
}

function isFirstAllowed(bound: Pick<EngineModel['bound'], 'isAllowed'>, run: SlotRun): boolean {
  const first = run.drafter?.first;
  // Forced tokens that end the reasoning need no draft.
  if (first === undefined || run.forcedTokens.length > 0) return false;
  return run.grammar === undefined || bound.isAllowed(run.grammar, first);
}

function addDraft(entry: StepEntry, tokensMax: number): StepEntry {
  const draft = entry.run.drafter?.begin(tokensMax) ?? [];
  return { ...entry, tokens: Uint32Array.from([...entry.tokens, ...draft]) };
}
