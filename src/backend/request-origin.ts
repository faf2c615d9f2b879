/** The client's request that something is asked for: for logs, and for what remote servers are sent. */
export interface RequestOrigin {
  readonly requestId: string;
  /** Its W3C trace context; a remote server is sent it with a span of its own. Absent: none. */
  readonly traceparent?: string | undefined;
}
