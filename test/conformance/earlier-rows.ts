// Rows that servers of earlier versions have written, by the version of the database that was the first to hold them.
import { hashKey } from '../../src/service/keys/api-key.ts';

/** Keys of before they had checksums: any of this form that a row knows is one. */
export const earlierKeys = {
  first: `gx-${'a'.repeat(43)}`,
  revoked: `gx-${'b'.repeat(43)}`,
  /** Of a project whose budget is spent, from version 5 on. */
  team: `gx-${'c'.repeat(43)}`,
};

const hourMs = 3_600_000;

/** The rows of the ledger ended in the hour before the last one. */
export const endedAtMs = Math.floor(Date.now() / hourMs) * hourMs - hourMs + 1000;

const toHash = (plainKey: string) => hashKey(plainKey).toString('hex');

const row = (requestId: string) => `
  INSERT INTO ledger (request_id, began_at_ms, ended_at_ms, key, project, endpoint, model, deployment, outcome,
    error_code, finish_reason, is_streamed, is_replay, is_estimated, answers, attempts, prompt_tokens, cached_tokens,
    completion_tokens, reasoning_tokens, returned_prompt_tokens, returned_cached_tokens, returned_completion_tokens,
    returned_reasoning_tokens, cost_nano, total_ms, first_token_ms, queue_ms)
  SELECT '${requestId}', ${endedAtMs - 110}, ${endedAtMs}, k.id, p.id, e.id, m.id, m.id, o.id,
    NULL, NULL, 0, 0, 0, 1, 1, 400000, 2, 100000, 1, 400000, 2, 100000, 1, 77, 110, 20, NULL
  FROM usage_names AS k, usage_names AS p, usage_names AS e, usage_names AS m, usage_names AS o
  WHERE k.name = 'key_0000000000000003' AND p.name = 'proj_0000000000000001' AND e.name = 'chat/completions' AND m.name = 'old'
    AND o.name = 'completed';`;

/** SQL that SQLite and Postgres take. */
export const earlierRows: Readonly<Record<number, string>> = {
  1: `
    INSERT INTO api_keys (id, name, hash, hint, created_at_ms, expires_at_ms, revoked_at_ms, last_used_at_ms) VALUES
      ('key_0000000000000001', 'first', '${toHash(earlierKeys.first)}', 'gx-aaaa…', 1753958123456, NULL, NULL, 1753958200000),
      ('key_0000000000000002', 'Zoë''s laptop', '${toHash(earlierKeys.revoked)}', 'gx-bbbb…', 1753958123457, NULL, 1753960000000, NULL);`,
  // As the migration has done it.
  2: `UPDATE api_keys SET scope = 'admin' WHERE name = 'first';`,
  3: `
    INSERT INTO stored_completions (id, owner_id, kind, model, created_at_ms, bytes, metadata, input_text, output_text)
    VALUES ('chatcmpl-1', 'key_0000000000000001', 'chat-completion', 'old', ${endedAtMs}, 70, '{"topic":"漢字"}',
      '[{"role":"user","content":"Hi"}]', '{"id":"chatcmpl-1","choices":[{"message":{"content":"Hello"}}]}');`,
  4: `
    INSERT INTO projects (id, name, limits, budget, metadata, created_at_ms)
    VALUES ('proj_0000000000000001', 'team', '{}', '{"tokens":1000000,"period":"total"}', '{}', 1753958123456);
    INSERT INTO api_keys (id, project_id, name, hash, hint, scopes, limits, metadata, created_at_ms)
    VALUES ('key_0000000000000003', 'proj_0000000000000001', 'of the team', '${toHash(earlierKeys.team)}', 'gx-cccc…',
      '["inference"]', '{"requestsPerDay":1000}', '{"a":"b"}', 1753958123458);
    INSERT INTO unchecked_keys (hash, key_id) VALUES ('${toHash(earlierKeys.team)}', 'key_0000000000000003');
    INSERT INTO audit_entries (id, at_ms, actor_kind, actor_id, actor_name, action, object_id, object_name, changes)
    VALUES ('audit_0000000000000001', 1753958123458, 'local', '', '', 'key.created', 'key_0000000000000003', 'of the team', '{}');`,
  5: `
    INSERT INTO usage_names (name) VALUES ('key_0000000000000003'), ('proj_0000000000000001'), ('chat/completions'), ('old'), ('completed');
    ${row('req_1')}${row('req_2')}
    INSERT INTO usage_sums
    SELECT ${Math.floor(endedAtMs / hourMs) * hourMs}, k.id, p.id, m.id, e.id, 2, 3, 0, 0, 800000, 4, 200000, 2, 154,
      0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM usage_names AS k, usage_names AS p, usage_names AS m, usage_names AS e
    WHERE k.name = 'key_0000000000000003' AND p.name = 'proj_0000000000000001' AND m.name = 'old' AND e.name = 'chat/completions';
    INSERT INTO budget_periods (subject, period, spent_nano, spent_tokens)
    VALUES ('project:proj_0000000000000001', 'total', 154, 1000000);`,
  6: `
    INSERT INTO idempotent_answers (claim_id, owner_id, key_hash, request_hash, claimed_at_ms, claimed_until_ms, bytes, head, text)
    VALUES ('claim_1', 'key_0000000000000001', 'a', 'b', ${endedAtMs + hourMs}, NULL, 4, '{}', '{}');`,
  7: `
    UPDATE budget_periods SET noticed_tokens = 1000000;`,
};
