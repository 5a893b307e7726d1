/**
 * PostgreSQL array literals, written as text once: cheaper than the driver's general encoder on the hot path.
 */

/** uuids, numbers and other texts that need no quoting; null stays NULL. */
export function plainArray(values: readonly (string | number | null | undefined)[]): string {
  let out = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) out += ',';
    out += values[index] ?? 'NULL';
  }
  return `${out}}`;
}

/** Any text; quotes and backslashes are escaped. */
export function textArray(values: readonly (string | null | undefined)[]): string {
  let out = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) out += ',';
    const value = values[index];
    if (value === null || value === undefined) out += 'NULL';
    else out += `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
  }
  return `${out}}`;
}
