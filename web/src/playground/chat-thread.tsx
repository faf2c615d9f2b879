import './chat-thread.css';
import { useSyncExternalStore } from 'react';
import { useStore } from '../api/use-store.ts';
import { Button } from '../ui/button.tsx';
import { answerRuns, changeLane, toRunName } from './answer-runs.ts';
import { AnswerView } from './answer-view.tsx';
import {
  type Answer,
  type Conversation,
  type Lane,
  listVersions,
  type Message,
  showVersion,
  toPath,
} from './conversation.ts';
import { changeOpenConversation, sendMessage } from './open-conversation.ts';
import { QuestionView } from './question-view.tsx';
import type { AnswerRun } from './run-answer.ts';
import { ResultsForm, ResultsView } from './tool-views.tsx';

export interface ChatThreadProps {
  readonly conversation: Conversation;
  readonly lane: Lane;
  readonly laneIndex: number;
}

/** The messages of one model. The list is laid out from its end, so that the end stays in view without a script. */
export function ChatThread({ conversation, lane, laneIndex }: ChatThreadProps) {
  const run = useStore(answerRuns)[toRunName(conversation.id, laneIndex)];
  const path = toPath(lane);
  const last = path.at(-1);
  const isUnderWay = run !== undefined && !path.some(({ id }) => id === run.messageId);
  const messages = !isUnderWay ? path : [...path, toMessage(run, lane)];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls with the keyboard, too, which needs the focus
    <section className="thread" aria-label={`Messages of ${lane.model}`} tabIndex={0}>
      <div className="thread-messages">
        {path.length === 0 && run === undefined && <Welcome model={lane.model} />}
        {messages.map((message) => (
          <MessageView
            key={message.id}
            conversation={conversation}
            lane={lane}
            laneIndex={laneIndex}
            message={message}
            run={run}
          />
        ))}
        {run === undefined && last?.kind === 'assistant' && last.answer.toolCalls.length > 0 && (
          <ResultsForm calls={last.answer.toolCalls} laneIndex={laneIndex} />
        )}
      </div>
    </section>
  );
}

/** What even a small model can answer. */
const firstQuestions = [
  'What is the capital of France?',
  'Write a haiku about the sea.',
  'Explain recursion to a child.',
];

function Welcome({ model }: { readonly model: string }) {
  return (
    <div className="welcome">
      <h2>What would you like to know?</h2>
      <p>
        {model === '' ? 'A model' : <strong>{model}</strong>} answers on this server. Nothing you write leaves
        it, unless the model runs on another one.
      </p>
      <div className="welcome-questions">
        {firstQuestions.map((question) => (
          <Button key={question} size="s" disabled={model === ''} onClick={() => sendMessage(question, [])}>
            {question}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** The place of an answer under way. It stays the same element when the answer ends, so that nothing is drawn again. */
function toMessage({ messageId, answer }: AnswerRun, { headId }: Lane): Message {
  return { id: messageId, parentId: headId, kind: 'assistant', answer: answer.get() };
}

interface MessageViewProps extends ChatThreadProps {
  readonly message: Message;
  /** The answer under way, if there is one. */
  readonly run: AnswerRun | undefined;
}

function MessageView({ conversation, lane, laneIndex, message, run }: MessageViewProps) {
  const live = useLiveAnswer(run?.messageId === message.id ? run : undefined);
  if (live !== undefined) return <AnswerView answer={live} settings={conversation.settings} isGrowing />;
  const versions = listVersions(lane, message);
  const show = (index: number) => {
    const version = versions[index];
    if (version === undefined) return;
    changeOpenConversation((current) =>
      changeLane(current, laneIndex, (shown) => showVersion(shown, version.id)),
    );
  };
  const place = {
    position: versions.indexOf(message),
    count: versions.length,
    show,
    isBusy: run !== undefined,
  };
  switch (message.kind) {
    case 'user':
      return <QuestionView message={message} laneIndex={laneIndex} versions={place} />;
    case 'assistant':
      return (
        <AnswerView
          answer={message.answer}
          settings={conversation.settings}
          versions={place}
          laneIndex={laneIndex}
          parentId={message.parentId}
        />
      );
    case 'tool':
      return <ResultsView results={message.results} />;
  }
}

const neverChanges = () => () => undefined;

function useLiveAnswer(run: AnswerRun | undefined): Answer | undefined {
  return useSyncExternalStore(run?.answer.subscribe ?? neverChanges, () => run?.answer.get());
}
