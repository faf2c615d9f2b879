/** Bodies that work on every server, for the samples of the reference. */
export const newKey = {
  name: 'my app',
  limits: { requests_per_minute: 60, tokens_per_day: 1_000_000 },
  budget: { amount: 20, period: 'month' },
};

export const keyChange = { name: 'my app', limits: { requests_per_minute: 120, tokens_per_day: null } };

export const keyRotation = { overlap_seconds: 3600 };

export const newProject = { name: 'team-a', limits: { concurrent_requests: 8 } };

export const projectChange = { budget: { amount: 500, period: 'month' } };
