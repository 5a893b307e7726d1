/**
 * What a connector may ask the vocabulary while it parses or formats: code lists of its dialect.
 * The vocabulary implements it (src/translation); connectors see only this interface.
 */
export interface CodeBook {
  /** Canonical value → the dialect's code in `list` (`portal/HinhThucTra`: `counter` → `0`); undefined when the list lacks it. */
  encode(list: string, canonical: string): string | undefined;
  /** The dialect's code → canonical value; undefined when the list lacks it. */
  decode(list: string, code: string): string | undefined;
  /** Plain and official name of a procedure; undefined when it is not in the catalogue. */
  procedure(code: string): { code: string; name: string; plainTitle: string; field: string; level: string } | undefined;
  /** Official name of a unit in force now, `Phường Trấn Biên`. */
  unitName(code: string): string | undefined;
}
