import type { ApiKey, KeyStatus } from '../api/key-wire.ts';
import { Badge, type BadgeProps } from '../ui/badge.tsx';

export const keyStatusTitles: Readonly<Record<KeyStatus, string>> = {
  active: 'Active',
  disabled: 'Disabled',
  expired: 'Expired',
  revoked: 'Revoked',
};

const tones: Readonly<Record<KeyStatus, NonNullable<BadgeProps['tone']>>> = {
  active: 'ok',
  disabled: 'warn',
  expired: 'plain',
  revoked: 'danger',
};

export function KeyStatusBadge({ status }: Pick<ApiKey, 'status'>) {
  return (
    <Badge tone={tones[status]} hasDot>
      {keyStatusTitles[status]}
    </Badge>
  );
}
