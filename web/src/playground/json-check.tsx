import { useEffect, useState } from 'react';
import { Badge } from '../ui/badge.tsx';
import type { JsonVerdict } from './check-partial-json.ts';
import type { ConversationSettings } from './conversation.ts';

export interface JsonCheckProps {
  readonly text: string;
  readonly settings: ConversationSettings;
  readonly isGrowing: boolean;
}

/** Says whether the answer so far can be part of a valid one. The checker is loaded for the first answer. */
export function JsonCheck({ text, settings, isGrowing }: JsonCheckProps) {
  const [verdict, setVerdict] = useState<JsonVerdict>();
  const schemaText = settings.form === 'json_schema' ? settings.schemaText : 'true';
  useEffect(() => {
    let isCurrent = true;
    void import('./check-partial-json.ts').then(({ checkPartialJson }) => {
      if (isCurrent) setVerdict(checkPartialJson(text, schemaText));
    });
    return () => {
      isCurrent = false;
    };
  }, [text, schemaText]);
  if (verdict === undefined) return null;
  const { problem, isComplete } = verdict;
  return (
    <p role="status">
      {problem !== undefined ? (
        <Badge tone="danger" hasDot>
          {problem}
        </Badge>
      ) : isComplete ? (
        <Badge tone="ok" hasDot>
          Valid JSON
        </Badge>
      ) : (
        <Badge tone={isGrowing ? 'accent' : 'warn'} hasDot>
          {isGrowing ? 'Valid so far' : 'The JSON has no end'}
        </Badge>
      )}
    </p>
  );
}
