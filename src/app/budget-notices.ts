import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { toBudgetNoticeBody } from '../protocol/openai/admin/budget-notice.ts';
import { type BudgetWatch, createBudgetWatch, type PassedBudget } from '../service/budgets/budget-watch.ts';
import { startWebhookSender, type WebhookSender } from '../service/budgets/webhook-sender.ts';
import type { BudgetNoticeStore } from '../store/budget-notice-store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { postWebhook } from '../webhook/post-webhook.ts';
import { toWebhookKey } from '../webhook/sign-webhook.ts';
import { createStoreFailureLog } from './store-failure-log.ts';
import { readVersion } from './version.ts';

export type NoticeConfig = Pick<
  Config,
  'budgetSoftLimitPercent' | 'webhookUrl' | 'webhookSecret' | 'webhookMsMax' | 'webhookAttemptsMax'
> & {
  /** Between two looks at what was spent, in milliseconds; a second by default. */
  readonly lookMs?: number;
};

/** Logs each budget that passes its soft limit, and sends a webhook if there is an address for it. */
export function startBudgetNotices(
  config: NoticeConfig,
  store: BudgetNoticeStore,
  logger: Logger,
): Pick<BudgetWatch, 'note' | 'close'> {
  const { budgetSoftLimitPercent: percent, lookMs } = config;
  if (percent === 0) return { note: () => undefined, close: async () => undefined };
  const sender = startSender(config, store, logger);
  const watch = createBudgetWatch({
    store,
    percent,
    now: Date.now,
    ...(lookMs === undefined ? {} : { lookMs }),
    ...(sender === undefined ? {} : { toMessage }),
    onPassed: (passed) => {
      logger.warn(toLogFields(passed), 'a budget has passed its soft limit');
      sender?.wake();
    },
    onFailure: createStoreFailureLog(logger, 'budgets could not be compared with their soft limits'),
  });
  return {
    note: watch.note,
    close: async () => {
      await watch.close();
      await sender?.close();
    },
  };
}

function startSender(
  config: NoticeConfig,
  store: BudgetNoticeStore,
  logger: Logger,
): WebhookSender | undefined {
  const { webhookUrl: url, webhookSecret: secret, webhookMsMax: attemptMsMax, webhookAttemptsMax } = config;
  if (url === undefined || secret === undefined) return undefined;
  const address = { url, key: toWebhookKey(secret), attemptMsMax, userAgent: `gravix/${readVersion()}` };
  return startWebhookSender({
    store,
    post: (message, signal) => postWebhook(address, message, signal),
    attemptMsMax,
    attemptsMax: webhookAttemptsMax,
    onAttemptFailure: (failure) =>
      logger.warn(failure, 'a webhook was not delivered; it is sent again later'),
    onGivenUp: (failure) => logger.error(failure, 'a webhook was not delivered and is given up'),
    onFailure: createStoreFailureLog(logger, 'the webhooks to deliver could not be read or changed'),
  });
}

/** The id has no full stop, which separates it from the rest of what is signed. */
function toMessage(passed: PassedBudget) {
  return { id: `msg_${randomBytes(16).toString('hex')}`, body: JSON.stringify(toBudgetNoticeBody(passed)) };
}

function toLogFields({ owner, id, name, percent, passed, budget, spentNano, spentTokens }: PassedBudget) {
  const { periodName } = budget;
  const limits = { amountNano: budget.amountNano, tokens: budget.tokens };
  return {
    owner,
    id,
    name,
    percent,
    passed: Object.keys(passed),
    period: periodName,
    ...limits,
    spentNano,
    spentTokens,
  };
}
