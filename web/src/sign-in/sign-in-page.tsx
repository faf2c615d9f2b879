import './sign-in-page.css';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { ApiError, toErrorText } from '../api/api-error.ts';
import { callApi } from '../api/client.ts';
import { signIn } from '../api/session-key.ts';
import { Logo } from '../app/logo.tsx';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { checkKey } from './check-key.ts';

export interface SignInPageProps {
  /** Of a one-time link. */
  readonly linkSecret: string | undefined;
}

export function SignInPage({ linkSecret }: SignInPageProps) {
  const { isRedeeming, problem } = useLink(linkSecret);
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Logo />
        <h1>Sign in to this server</h1>
        {isRedeeming ? (
          <Skeleton lines={4} label="Signing in" />
        ) : (
          <>
            {problem !== undefined && <Notice kind="warn">{problem}</Notice>}
            <KeyForm />
            <Hints />
          </>
        )}
      </div>
    </main>
  );
}

function KeyForm() {
  const [key, setKey] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await checkKey(key.trim());
      signIn(key.trim());
    } catch (failure) {
      setError(toErrorText(failure));
      setBusy(false);
    }
  };
  return (
    <form className="sign-in-form" onSubmit={(event) => void submit(event)}>
      <Field label="API key" error={error}>
        {(parts) => (
          <TextInput
            {...parts}
            type="password"
            placeholder="Paste a key of this server"
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        )}
      </Field>
      <Button look="primary" type="submit" isBusy={isBusy} disabled={key.trim() === ''}>
        Sign in
      </Button>
    </form>
  );
}

function Hints() {
  return (
    <div className="sign-in-hints">
      <p>
        The first key of the server is on its machine, by default in the file <code>~/.gravix/key</code>. On a
        terminal, <code>gravix serve</code> also prints a link that signs in without a key.
      </p>
      <p>
        The key stays in this tab. It is sent to this server only, and is forgotten when you close the tab.
      </p>
    </div>
  );
}

function useLink(secret: string | undefined) {
  const [problem, setProblem] = useState<string>();
  const [isRedeeming, setRedeeming] = useState(secret !== undefined);
  const isAsked = useRef(false);
  useEffect(() => {
    // A link works once: a second effect of a strict development mode must not use it again.
    if (secret === undefined || isAsked.current) return;
    isAsked.current = true;
    const redeem = async () => {
      try {
        const { key } = await callApi<{ key: string }>('/console/sign-in', {
          method: 'POST',
          body: { link: secret },
        });
        signIn(key);
      } catch (error) {
        setProblem(error instanceof ApiError ? error.message : toErrorText(error));
        setRedeeming(false);
      }
    };
    void redeem();
  }, [secret]);
  return { isRedeeming, problem };
}
