import { defineScheduleTests } from '../define-schedule-tests.ts';

// `npm run soak` plays thousands.
defineScheduleTests({ sqlite: 25, postgres: 8 });
