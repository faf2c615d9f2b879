import type { ToolUse } from '../../backend/tool.ts';
import {
  isLengthRefused,
  type UpstreamErrorAnswer,
} from '../../protocol/openai/upstream/read-upstream-error.ts';
import type { UpstreamRequestForm } from '../../protocol/openai/upstream/to-upstream-request.ts';
import { addsStrict } from '../../protocol/openai/upstream/to-upstream-tools.ts';

/** What of a request is left out because the upstream refused it with it. */
export type EasierForm = Required<Pick<UpstreamRequestForm, 'isLengthOpen' | 'areArgumentsFree'>>;

/** Nothing is. */
export const wholeForm: EasierForm = { isLengthOpen: false, areArgumentsFree: false };

/**
 * The form in which a refused request is sent again, because the upstream may have refused only what we added or what changes
 * nothing; undefined: none is left.
 */
export function toEasierForm(
  refused: UpstreamErrorAnswer,
  sent: EasierForm,
  { toolUse }: { readonly toolUse: ToolUse | undefined },
  { dialect }: Pick<UpstreamRequestForm, 'dialect'>,
): EasierForm | undefined {
  if (!sent.isLengthOpen && isLengthRefused(refused)) return { ...sent, isLengthOpen: true };
  const isOurStrict = toolUse !== undefined && !sent.areArgumentsFree && addsStrict(toolUse, dialect);
  // It has many words for a schema that it can't compile. Another fault is found again.
  return isOurStrict && refused.status === 400 ? { ...sent, areArgumentsFree: true } : undefined;
}
