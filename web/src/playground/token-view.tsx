import './token-view.css';
import { useState } from 'react';
import { classNames } from '../ui/class-names.ts';
import type { AnswerToken } from './conversation.ts';

/** Tokens that are drawn: each is a button, and a page has room for so many. */
const tokensMax = 4000;

/** The tokens of an answer, coloured by their probability. One shows what else might have been. */
export function TokenView({ tokens }: { readonly tokens: readonly AnswerToken[] }) {
  const [position, setPosition] = useState<number>();
  const chosen = position === undefined ? undefined : tokens[position];
  return (
    <div className="tokens">
      <p className="tokens-text">
        {tokens.slice(0, tokensMax).map((token, index) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
            key={index}
            type="button"
            className={classNames('token', `token-${toLevel(token.logprob)}`)}
            aria-pressed={index === position}
            aria-label={`${token.text}, ${toPercent(token.logprob)}`}
            onClick={() => setPosition(index === position ? undefined : index)}
          >
            {token.text}
          </button>
        ))}
        {tokens.length > tokensMax && ` … and ${tokens.length - tokensMax} more`}
      </p>
      <div className="tokens-legend" aria-hidden="true">
        {['likely', '', '', '', 'unlikely'].map((word, level) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place
          <span key={level} className={`token-${level}`}>
            {word}
          </span>
        ))}
      </div>
      <div className="tokens-detail" role="status">
        {chosen === undefined ? (
          <p>Choose a token to see the alternatives.</p>
        ) : (
          <Alternatives token={chosen} />
        )}
      </div>
    </div>
  );
}

function Alternatives({ token }: { readonly token: AnswerToken }) {
  const { alternatives, text, logprob } = token;
  const isListed = alternatives.some((one) => one.text === text);
  return (
    <ol>
      {[...(isListed ? [] : [{ text, logprob }]), ...alternatives].map((one) => (
        <li key={one.text} className={classNames(one.text === text && 'tokens-taken')}>
          <code>{toVisible(one.text)}</code>
          <meter min={0} max={1} value={Math.exp(one.logprob)} aria-label={`Probability of ${one.text}`} />
          <span>{toPercent(one.logprob)}</span>
        </li>
      ))}
    </ol>
  );
}

/** 0 is certain, 4 is a surprise. */
function toLevel(logprob: number): number {
  const probability = Math.exp(logprob);
  return [0.9, 0.6, 0.3, 0.1].filter((limit) => probability < limit).length;
}

function toPercent(logprob: number): string {
  const percent = 100 * Math.exp(logprob);
  return percent > 0 && percent < 0.1 ? 'under 0.1 %' : `${percent.toFixed(1)} %`;
}

function toVisible(text: string): string {
  return text.replaceAll('\n', '↵').replaceAll(' ', '␣');
}
