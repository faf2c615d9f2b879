/** Milliseconds of processor time that work takes in this process: what the code costs, however busy the machine is. */
export function processorMsOf(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
