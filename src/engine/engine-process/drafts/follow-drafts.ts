import type { EngineModel } from '../model/engine-model.ts';
import type { SampledStep, SampledToken, WantedToken } from '../step/sample-step.ts';
import type { StepEntry } from '../step/step-plan.ts';

/** An entry with a draft, evaluated: its logits behind the token before the draft and behind each token of it. */
export interface DraftedEntry {
  readonly entry: StepEntry;
  readonly logitIndexes: readonly number[];
}

/** The state needed to follow the drafts of a step. */
export interface DraftFollowing {
  readonly context: Pick<EngineModel['context'], 'removeTokenCellsFromSequence'>;
  sample(wanted: readonly WantedToken[]): Promise<SampledStep>;
  /** Takes a token into its answer: what it changes holds for the next one that is drawn. */
  accept(sampled: SampledToken): void;
  /** A step may take this long, in milliseconds; then its drafts end. */
  readonly msMax: number;
}

/**
 * Continues along the drafts of a step whose first tokens were accepted. Every token is sampled from the
 * model's logits, as without a draft. The first mismatch is the last token. Then the caches are cut back to
 * the sampled tokens.
 */
export async function followDrafts(
  drafted: readonly DraftedEntry[],
  { context, sample, accept, msMax }: DraftFollowing,
): Promise<void> {
  const startedAtMs = performance.now();
  const drawn = new Map(drafted.map(({ entry }) => [entry, 1]));
  const isOpen = ({ entry: { slot, run } }: DraftedEntry) =>
    slot.run === run && run.drafter?.isRight === true;
  let open = drafted.filter(isOpen);
  for (let row = 1; open.length > 0 && performance.now() - startedAtMs < msMax; row++) {
    const wanted = open.map(({ entry, logitIndexes }) => ({ entry, logitIndex: logitIndexes[row] ?? -1 }));
    const { tokens } = await sample(wanted);
    for (const sampled of tokens) {
      accept(sampled);
      drawn.set(sampled.entry, row + 1);
    }
    open = open.filter(isOpen);
  }
  for (const { entry } of drafted) {
    cutBack(context, entry, drawn.get(entry) ?? 1);
  }
}

function cutBack(
  context: DraftFollowing['context'],
  { slot, run, tokens }: StepEntry,
  keptTokens: number,
): void {
  run.drafter?.begin(0);
  if (keptTokens >= tokens.length) return;
  const length = slot.cache.length - tokens.length + keptTokens;
  slot.cache.truncate(length);
  if (!context.removeTokenCellsFromSequence(slot.sequence, length, -1)) {
    throw new Error('The cache of a draft could not be cut back.');
  }
}
