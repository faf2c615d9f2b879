import type { OwnKey } from '../api/wire.ts';
import { Badge } from '../ui/badge.tsx';
import { Meter } from '../ui/meter.tsx';
import { type LimitCard, toLimitCards } from './to-limit-cards.ts';

/** The limits and budgets of a key, each with a bar. */
export function LimitCards({ ownKey }: { readonly ownKey: OwnKey }) {
  const cards = toLimitCards(ownKey);
  return (
    <section className="my-section" aria-labelledby="limits-title">
      <h2 id="limits-title">Limits and budget</h2>
      {cards.length === 0 ? (
        <p className="muted">This key and its project have no limit and no budget.</p>
      ) : (
        <div className="cards">
          {cards.map((card) => (
            <Card key={`${card.title} ${card.owner}`} card={card} />
          ))}
        </div>
      )}
    </section>
  );
}

function Card({ card }: { readonly card: LimitCard }) {
  const { title, used, limit, usedText, limitText, remainingText, resetText, owner } = card;
  return (
    <article className="card limit-card">
      <header className="limit-card-header">
        <h3>{title}</h3>
        {owner === 'project' && <Badge>of the project</Badge>}
      </header>
      <p className="limit-card-left">
        <strong>{remainingText}</strong> left
      </p>
      <Meter label={`${title}: used`} used={used} limit={limit} />
      <p className="limit-card-use">
        {usedText} of {limitText} used. {resetText}
      </p>
    </article>
  );
}
