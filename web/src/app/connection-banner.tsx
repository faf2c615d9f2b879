import './connection-banner.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { connection, watchConnection } from '../api/connection.ts';
import { useStore } from '../api/use-store.ts';

/** How long the page says that the server is back, in milliseconds. */
const backMs = 4000;

/** Says that the server does not answer, and when it does again; everything is then read again. */
export function ConnectionBanner() {
  const { isUp, returns } = useStore(connection);
  const [isBack, setBack] = useState(false);
  const queries = useQueryClient();
  useEffect(watchConnection, []);
  useEffect(() => {
    if (returns === 0) return;
    void queries.invalidateQueries();
    setBack(true);
    const timer = setTimeout(() => setBack(false), backMs);
    return () => clearTimeout(timer);
  }, [returns, queries]);
  const text = isUp ? 'The server is back.' : toOutageText(navigator.onLine);
  return (
    <div role="status" className="connection" data-state={isUp ? (isBack ? 'back' : 'up') : 'down'}>
      {(!isUp || isBack) && text}
    </div>
  );
}

function toOutageText(isOnline: boolean): string {
  return isOnline
    ? 'The server does not answer. This page goes on by itself when it is back.'
    : 'This device is offline. This page goes on by itself when the network is back.';
}
