/** What one check of `doctor` found. */
export interface Finding {
  check: string;
  /** yellow: works, but should be known. */
  state: 'green' | 'yellow' | 'red';
  detail: string;
  /** What to do about it. */
  remedy?: string;
}
