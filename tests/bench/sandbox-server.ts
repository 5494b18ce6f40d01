/** The sandbox venues in a process of their own, so that their work is not measured as custody's. */
import { startSandbox } from '../../src/sandbox/sandbox.ts';

const { markets } = JSON.parse(process.argv[2] ?? '{}') as { markets: number };
const sandbox = await startSandbox({ port: 0, seed: 'bench', markets });
process.send?.({ url: sandbox.url });
process.on('SIGTERM', () => process.exit(0));
