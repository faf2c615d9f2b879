-- The last version that knew SQLite only, with two keys and two stored answers.
PRAGMA application_id = 1198683768;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE api_keys (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE,
        hint TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER,
        revoked_at_ms INTEGER,
        last_used_at_ms INTEGER
      , scope TEXT NOT NULL DEFAULT 'inference' CHECK (scope IN ('inference', 'admin'))) STRICT;
INSERT INTO "api_keys" VALUES('key_0000000000000001','first','1111111111111111111111111111111111111111111111111111111111111111','gx-AbCd…',1753958123456,NULL,NULL,1753958200000,'admin');
INSERT INTO "api_keys" VALUES('key_0000000000000002','Zoë''s laptop','2222222222222222222222222222222222222222222222222222222222222222','gx-AbCd…',1753958123457,1900000000000,1753960000000,NULL,'inference');
CREATE TABLE stored_completions (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        owner_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        model TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        metadata TEXT NOT NULL,
        input_text TEXT NOT NULL,
        output_text TEXT NOT NULL
      ) STRICT;
INSERT INTO "stored_completions" VALUES(1,'chatcmpl-1','key_0000000000000001','chat-completion','m',1753958123458,70,'{"topic":"it''s \"漢字\""}','{"messages":[{"role":"user","content":"Hi\u0000"}]}','{"content":"Hello"}');
INSERT INTO "stored_completions" VALUES(2,'resp-1','key_0000000000000001','response','m',1753958123459,4,'{}','[]','{}');
CREATE INDEX stored_completions_by_owner ON stored_completions (owner_id, kind, sequence, bytes);
CREATE INDEX stored_completions_by_age ON stored_completions (created_at_ms);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('stored_completions',2);
COMMIT;
