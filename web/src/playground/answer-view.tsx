import { Baseline, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { Markdown } from '../markdown/markdown.tsx';
import { IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { toFigures } from './answer-figures.ts';
import type { Answer, ConversationSettings } from './conversation.ts';
import { JsonCheck } from './json-check.tsx';
import { MessageVersions, type Versions } from './message-versions.tsx';
import { regenerateAnswer } from './open-conversation.ts';
import { ProblemNotice } from './problem-notice.tsx';
import { TokenView } from './token-view.tsx';
import { CallView } from './tool-views.tsx';

export interface AnswerViewProps {
  readonly answer: Answer;
  readonly settings: ConversationSettings;
  readonly isGrowing?: boolean;
  /** Of an answer that has ended. */
  readonly versions?: Versions;
  readonly laneIndex?: number;
  readonly parentId?: string | null;
}

export function AnswerView(props: AnswerViewProps) {
  const { answer, settings, isGrowing = false, versions, laneIndex = 0, parentId = null } = props;
  const [showsTokens, setShowsTokens] = useState(false);
  const { text, reasoning, toolCalls, tokens, problem, problemCode, model } = answer;
  const isWaiting = isGrowing && text === '' && reasoning === '' && toolCalls.length === 0;
  return (
    <article className="answer" aria-label={`Answer of ${model}`} aria-busy={isGrowing}>
      <p className="answer-model">{model}</p>
      {isWaiting && (
        <div className="answer-wait skeleton-line" role="status" aria-label="Waiting for the first token" />
      )}
      {reasoning !== '' && <Reasoning text={reasoning} isGrowing={isGrowing && text === ''} />}
      {showsTokens ? (
        <TokenView tokens={tokens} />
      ) : (
        <AnswerText answer={answer} settings={settings} isGrowing={isGrowing} />
      )}
      {toolCalls.map((call) => (
        <CallView key={call.id} call={call} />
      ))}
      {problem !== undefined && <ProblemNotice problem={problem} code={problemCode} />}
      {versions !== undefined && (
        <div className="message-actions">
          <CopyButton text={text} label="Copy the answer" />
          <IconButton
            label="Generate another answer"
            size="s"
            icon={<RefreshCw aria-hidden="true" />}
            disabled={versions.isBusy}
            onClick={() => regenerateAnswer(laneIndex, parentId)}
          />
          {tokens.length > 0 && (
            <IconButton
              label="Show the tokens by probability"
              size="s"
              aria-pressed={showsTokens}
              icon={<Baseline aria-hidden="true" />}
              onClick={() => setShowsTokens(!showsTokens)}
            />
          )}
          <MessageVersions versions={versions} />
          <span className="answer-figures">{toFigures(answer).join(' · ')}</span>
        </div>
      )}
    </article>
  );
}

function AnswerText({
  answer,
  settings,
  isGrowing,
}: Required<Pick<AnswerViewProps, 'answer' | 'settings' | 'isGrowing'>>) {
  if (answer.text === '') return null;
  if (settings.form === 'text') return <Markdown text={answer.text} isGrowing={isGrowing} />;
  return (
    <>
      <pre className="answer-raw">{answer.text}</pre>
      <JsonCheck text={answer.text} settings={settings} isGrowing={isGrowing} />
    </>
  );
}

function Reasoning({ text, isGrowing }: { readonly text: string; readonly isGrowing: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="answer-reasoning"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{isGrowing ? 'Thinking …' : 'Thoughts'}</summary>
      {isOpen && <Markdown text={text} isGrowing={isGrowing} />}
    </details>
  );
}
