/** Background work as it is told: what is done to what, when it is due, and how it went. */

export const JOB_KINDS = [
  'balance_sync',
  'trade_sync',
  'credential_check',
  'profit_daily',
  'retention',
] as const;

export type JobKind = (typeof JOB_KINDS)[number];

/** Short facts of how far a job has come. */
export type JobProgress = Readonly<Record<string, string | number | boolean | null>>;

/** failing: the last attempt failed, and another one will come. paused: the account is locked, its keys are switched off, or the tenant is suspended. */
export const JOB_STATES = ['waiting', 'running', 'failing', 'paused'] as const;

export type JobState = (typeof JOB_STATES)[number];

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  /** Id of the account, the credential or the tenant. */
  readonly subject: string;
  /** null: no account, or one that nobody connected. */
  readonly accountId: number | null;
  readonly credentialId: string | null;
  /** Exchange or chain that is asked, or local. */
  readonly lane: string;
  readonly state: JobState;
  readonly dueAt: Date;
  /** Attempts in a row that failed. */
  readonly failures: number;
  readonly lastStartedAt: Date | null;
  readonly lastFinishedAt: Date | null;
  readonly lastOutcome: string | null;
  readonly lastError: string | null;
  readonly progress: JobProgress | null;
}
