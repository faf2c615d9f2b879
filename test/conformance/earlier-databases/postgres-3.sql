-- The first version that keeps things in Postgres, with two keys and two stored answers.
CREATE TABLE public.api_keys (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    hint text NOT NULL,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint,
    revoked_at_ms bigint,
    last_used_at_ms bigint,
    scope text DEFAULT 'inference'::text NOT NULL,
    CONSTRAINT api_keys_scope_check CHECK ((scope = ANY (ARRAY['inference'::text, 'admin'::text])))
);
CREATE TABLE public.gravix_schema_version (
    version integer NOT NULL
);
CREATE TABLE public.stored_completions (
    sequence bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    owner_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL COLLATE pg_catalog."C",
    created_at_ms bigint NOT NULL,
    bytes bigint NOT NULL,
    metadata text NOT NULL,
    input_text text NOT NULL,
    output_text text NOT NULL
);
ALTER TABLE public.stored_completions ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.stored_completions_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.api_keys VALUES ('key_0000000000000001', 'first', '1111111111111111111111111111111111111111111111111111111111111111', 'gx-AbCd…', 1753958123456, NULL, NULL, 1753958200000, 'admin');
INSERT INTO public.api_keys VALUES ('key_0000000000000002', 'Zoë''s laptop', '2222222222222222222222222222222222222222222222222222222222222222', 'gx-AbCd…', 1753958123457, 1900000000000, 1753960000000, NULL, 'inference');
INSERT INTO public.gravix_schema_version VALUES (3);
INSERT INTO public.stored_completions OVERRIDING SYSTEM VALUE VALUES (1, 'chatcmpl-1', 'key_0000000000000001', 'chat-completion', 'm', 1753958123458, 70, '{"topic":"it''s \"漢字\""}', '{"messages":[{"role":"user","content":"Hi\u0000"}]}', '{"content":"Hello"}');
INSERT INTO public.stored_completions OVERRIDING SYSTEM VALUE VALUES (2, 'resp-1', 'key_0000000000000001', 'response', 'm', 1753958123459, 4, '{}', '[]', '{}');
SELECT pg_catalog.setval('public.stored_completions_sequence_seq', 2, true);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stored_completions
    ADD CONSTRAINT stored_completions_id_key UNIQUE (id);
ALTER TABLE ONLY public.stored_completions
    ADD CONSTRAINT stored_completions_pkey PRIMARY KEY (sequence);
CREATE INDEX stored_completions_by_age ON public.stored_completions USING btree (created_at_ms);
CREATE INDEX stored_completions_by_owner ON public.stored_completions USING btree (owner_id, kind, sequence, bytes);
