import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ownKeyQuery } from '../api/queries.ts';
import { explainRefusal, limitCodes, toLimitCards } from '../my-key/to-limit-cards.ts';
import { Notice } from '../ui/notice.tsx';

export interface ProblemNoticeProps {
  readonly problem: string;
  /** The code of the API for it. */
  readonly code: string | undefined;
}

/** Why an answer ended. */
export function ProblemNotice({ problem, code }: ProblemNoticeProps) {
  if (code !== undefined && limitCodes.includes(code)) return <LimitNotice problem={problem} code={code} />;
  return <Notice kind={problem === 'Stopped.' ? 'note' : 'error'}>{problem}</Notice>;
}

/** How often the notice reads whether there is room again, in milliseconds. */
const refreshMs = 5000;

/** A limit or a budget refused the request: which one, and when there is room again. */
function LimitNotice({ problem, code }: { readonly problem: string; readonly code: string }) {
  const { data: key } = useQuery({ ...ownKeyQuery, staleTime: 0, refetchInterval: refreshMs });
  const reasons = key === undefined ? [] : explainRefusal(key, code);
  return (
    <Notice kind="error">
      <div className="limit-notice">
        <p>{problem}</p>
        {reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
        {/* Without limits, it was an upstream that refused. */}
        {key !== undefined && toLimitCards(key).length > 0 && (
          <p>
            <Link href="/console/my-key">My key</Link> shows what is left of each limit and budget.
          </p>
        )}
      </div>
    </Notice>
  );
}
