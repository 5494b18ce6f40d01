/** The command line is wrong; the message is the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
