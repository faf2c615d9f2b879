import { defineScheduleTests } from '../define-schedule-tests.ts';

defineScheduleTests({ sqlite: 2000, postgres: 500 });
