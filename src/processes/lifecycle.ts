/** What every process does alike: report readiness, end cleanly on a signal, and not outlive its supervisor. */
import { errorFields, type Logger } from '../shared/logger.ts';
import type { ReadyMessage } from './child.ts';

// npm forwards the terminal's Ctrl-C, so one key press arrives twice; a real second signal comes later than this.
const SAME_SIGNAL_MS = 1_000;

/** Runs `stop` on the first SIGINT or SIGTERM and exits 0; a second signal ends the process at once. */
export const stopOnSignal = (stop: () => Promise<void>, abandon: () => void, logger: Logger): void => {
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    const now = Date.now();
    if (stoppingSince === undefined) {
      stoppingSince = now;
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error('stopping failed', errorFields(error));
          process.exit(1);
        },
      );
    } else if (now - stoppingSince > SAME_SIGNAL_MS) {
      abandon();
      process.exit(1);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
};

/** A child whose supervisor is gone has nobody to stop it later: it stops now. */
export const stopWithSupervisor = (): void => {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
};

/** Tells the supervisor, where there is one. */
export const reportReady = (message: Omit<ReadyMessage, 'type'>): void => {
  process.send?.({ type: 'ready', ...message });
};
