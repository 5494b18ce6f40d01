/** The caller that `countersign webhook` acts as: any key of a tenant, as a program of that tenant would have it. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readDemoFile } from '../demo/demo-file.ts';
import { type Client, createClient } from '../sdk/client.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

export interface CallerWords {
  readonly keyFile?: string | undefined;
}

const keyFileSchema = z.object({ baseUrl: z.url(), apiKey: z.string().min(1), apiSecret: z.string().min(1) });

export const CALLER_OPTION = {
  type: 'string',
  requiresArg: true,
  describe:
    'JSON file with baseUrl, apiKey and apiSecret; else BASE_URL, API_KEY and API_SECRET, else those of npm start',
} as const;

/** A secret is never read from the line itself: other users of the machine can see that. */
export const createCaller = (context: CommandContext, { keyFile }: CallerWords): Client => {
  const { baseUrl, apiKey, apiSecret } = findKey(context, keyFile);
  return createClient({ baseUrl, key: { id: apiKey, secret: apiSecret } });
};

const findKey = ({ environment, config }: CommandContext, keyFile: string | undefined) => {
  if (keyFile !== undefined) return readKeyFile(keyFile);
  const { BASE_URL: baseUrl, API_KEY: apiKey, API_SECRET: apiSecret } = environment;
  const given = [baseUrl, apiKey, apiSecret].filter((value) => value !== undefined).length;
  if (given === 0) return readDemoFile(config.dataDir);
  if (baseUrl === undefined || apiKey === undefined || apiSecret === undefined)
    throw new UsageError('Of BASE_URL, API_KEY and API_SECRET only some are set: all three are needed');
  if (!URL.canParse(baseUrl)) throw new UsageError(`BASE_URL: ${baseUrl} is no URL`);
  return { baseUrl, apiKey, apiSecret };
};

const readKeyFile = (file: string) => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--key-file: cannot read ${file}`);
  }
  try {
    return keyFileSchema.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`--key-file: ${file} is no JSON with baseUrl, apiKey and apiSecret`);
  }
};
