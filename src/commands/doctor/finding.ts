/** What a check of the doctor has found, and how to mend it. */

export interface Finding {
  /** What was looked at, in one or two words. */
  readonly check: string;
  /** warning: it works, and will not for ever. skipped: this process is not given what the check needs. */
  readonly state: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly found: string;
  /** What to do, in words or as a command; null: nothing. */
  readonly mend: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, mend: null });

export const problem = (check: string, found: string, mend: string): Finding => ({
  check,
  state: 'problem',
  found,
  mend,
});

export const warning = (check: string, found: string, mend: string): Finding => ({
  check,
  state: 'warning',
  found,
  mend,
});

export const skipped = (check: string, found: string): Finding => ({
  check,
  state: 'skipped',
  found,
  mend: null,
});
