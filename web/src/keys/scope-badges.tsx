import './scope-badges.css';
import type { KeyScope } from '../api/key-wire.ts';
import { Badge } from '../ui/badge.tsx';

/** The scopes of a key. The one that manages the server stands out. */
export function ScopeBadges({ scopes }: { readonly scopes: readonly KeyScope[] }) {
  return (
    <span className="scope-badges">
      {scopes.map((scope) => (
        <Badge key={scope} tone={scope === 'admin' ? 'accent' : 'plain'}>
          {scope}
        </Badge>
      ))}
    </span>
  );
}
