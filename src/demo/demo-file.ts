/** `.countersign/demo.json`: what a newcomer, the demo and the tests need to call a development gateway. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const demoFileSchema = z.object({
  baseUrl: z.url(),
  apiKey: z.string(),
  apiSecret: z.string(),
  sandbox: z.object({
    url: z.url(),
    accounts: z.record(
      z.string(),
      z.object({
        api_key: z.string(),
        secret: z.string(),
        passphrase: z.string().optional(),
        customer_id: z.string().optional(),
      }),
    ),
  }),
});

export type DemoFile = z.output<typeof demoFileSchema>;

const demoFilePath = (dataDir: string): string => path.join(dataDir, 'demo.json');

/** Replaces the file in one step, readable by its owner alone. */
export const writeDemoFile = (dataDir: string, content: DemoFile): string => {
  const file = demoFilePath(dataDir);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return file;
};

/** Throws when no gateway was started from this folder yet. */
export const readDemoFile = (dataDir: string): DemoFile => {
  const file = demoFilePath(dataDir);
  try {
    return demoFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file} cannot be read: start the gateway first with "npm start"`, { cause: error });
  }
};
