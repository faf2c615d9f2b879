// Loaded before a server: its calendar is ahead by the milliseconds in a file, as after somebody set the clock.
import { readFileSync } from 'node:fs';

const RealDate = Date;
let aheadMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + aheadMs);
    else super(...values);
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};

setInterval(() => {
  aheadMs = Number(readFileSync(process.env.SHIFTED_CLOCK_FILE, 'utf8'));
}, 20).unref();
