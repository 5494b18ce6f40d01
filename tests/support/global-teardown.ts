/** Stops the Postgres of the test run; a run that is killed leaves that to the watchdog. */
import { getRunningCluster } from './test-cluster.ts';

const teardown = async (): Promise<void> => {
  await getRunningCluster()?.stop();
};

// eslint-disable-next-line no-restricted-syntax -- Jest calls the default export
export default teardown;
