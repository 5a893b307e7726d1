import { deepStrictEqual, doesNotMatch, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { InputFault } from '../../src/domain/errors.ts';
import { parseJson } from '../../src/http/json.ts';
import { explainJson } from '../../src/http/json-faults.ts';

/** `pointer code` of each fault, in order. */
function faultsOf(raw: string | Buffer): string[] {
  try {
    parseJson(typeof raw === 'string' ? Buffer.from(raw) : raw);
  } catch (error) {
    if (error instanceof InputFault && error.status === 400) return error.faults.map(f => `${f.pointer} ${f.code}`);
    throw error;
  }
  return [];
}

test('gives what JSON.parse gives, for any value and any spacing', async () => {
  const passable = (text: string): boolean => !/[0-9]{16}|e\+|__proto__|\\u0000/i.test(text);
  const value = fc.jsonValue({ maxDepth: 8 }).filter(v => passable(JSON.stringify(v)));
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 4 }), (input, indent) => {
      const text = JSON.stringify(input, null, indent);
      deepStrictEqual(parseJson(Buffer.from(text)), JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('takes exactly what JSON.parse takes, but for what it names', async () => {
  const piece = fc.constantFrom(
    ...'{}[]",:\\u0aé1e-. \ntruefalsn/'.split(''),
    '"a"',
    '{"a":',
    '\\ud83d\\ude00',
    ',"a":1',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), parts => {
      const text = parts.join('');
      let expected: unknown;
      let valid = text !== '';
      try {
        expected = JSON.parse(text);
      } catch {
        valid = false;
      }
      const faults = faultsOf(text);
      if (!valid) ok(faults.length > 0, text);
      else if (faults.length === 0) deepStrictEqual(parseJson(Buffer.from(text)), expected);
      else doesNotMatch(faults.join(), /json-syntax/, text);
    }),
    { numRuns: 5_000 },
  );
});

test('names the place of a syntax error without quoting the text', async t => {
  t.strictSame(faultsOf('{"data":{"unitCode":tru}}'), ['/data/unitCode json-syntax']);
  t.strictSame(faultsOf('{"a":[1,{"b":2}'), ['/a json-syntax']);
  t.strictSame(faultsOf('{"a":1} x'), [' json-syntax']);
  t.strictSame(faultsOf("{'a':1}"), [' json-syntax']);
  t.strictSame(faultsOf('{"a":"1\n"}'), ['/a json-syntax']);
  t.strictSame(faultsOf('{"a":"\\x"}'), ['/a json-syntax']);
  t.strictSame(faultsOf('{"a":"unfinished'), ['/a json-syntax']);
  t.strictSame(faultsOf('{"a" 1}'), ['/a json-syntax']);
  t.strictSame(faultsOf('[1 2]'), [' json-syntax']);
  t.strictSame(faultsOf('{"a":01}'), ['/a json-syntax']);
  t.strictSame(faultsOf('NaN'), [' json-syntax']);
  const [fault] = explainJson('{\n "id": 075090001234}');
  t.match(fault?.detail.vi, /dòng 2, cột 9/);
  t.notMatch(JSON.stringify(fault), /075090001234/);
});

test('refuses doubled keys at any depth, also when escapes hide that they are the same', async t => {
  t.strictSame(faultsOf('{"a":1,"b":{"x":1,"x":2},"a":3}'), ['/b/x duplicate-key', '/a duplicate-key']);
  t.strictSame(faultsOf('[{"a":1,"\\u0061":2}]'), ['/0/a duplicate-key']);
  t.strictSame(faultsOf('{"a/b~c":1,"a/b~c":1}'), ['/a~1b~0c duplicate-key']);
  t.strictSame(faultsOf('{"a":":","b":"{\\"a\\":1,\\"a\\":2}"}'), [], 'colons and braces inside strings do not count');
});

test('refuses names that reach a prototype', async t => {
  t.strictSame(faultsOf('{"a":{"__proto__":{"admin":true}}}'), ['/a/__proto__ forbidden-key']);
  t.strictSame(faultsOf('{"\\u005f_proto__":1}'), ['/__proto__ forbidden-key']);
  t.strictSame(faultsOf('{"constructor":{"prototype":{}}}'), ['/constructor/prototype forbidden-key']);
  t.strictSame(faultsOf('{"constructor":"Công ty xây dựng","prototype":1}'), []);
});

test('refuses texts that a database cannot keep', async t => {
  t.strictSame(faultsOf('{"a":["x\\u0000y"]}'), ['/a/0 null-character']);
  t.strictSame(faultsOf('{"a":"\\ud800"}'), ['/a lone-surrogate']);
  t.strictSame(faultsOf('{"a":"\\udc00\\ud800"}'), ['/a lone-surrogate']);
  t.strictSame(faultsOf('{"k\\u0000":1}'), ['/k\ufffd null-character']);
  t.strictSame(parseJson(Buffer.from('"\\ud83d\\ude00"')), '😀');
});

test('refuses numbers that would change on the way', async t => {
  t.strictSame(faultsOf('{"n":9007199254740993}'), ['/n number-too-large']);
  t.strictSame(faultsOf('[1e400,-1e400]'), ['/0 number-too-large', '/1 number-too-large']);
  t.strictSame(
    parseJson(Buffer.from('[9007199254740991,-9007199254740991,0.5,1e3]')),
    [9007199254740991, -9007199254740991, 0.5, 1000],
  );
});

test('refuses what is not UTF-8, and a byte order mark', async t => {
  const bad = (bytes: number[]): Buffer =>
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe1, 0xbb]]) {
    t.strictSame(faultsOf(bad(bytes)), [' invalid-utf8']);
  }
  t.strictSame(faultsOf(Buffer.from([0x22, 0xff, 0x22])), [' invalid-utf8']);
  t.strictSame(faultsOf('\ufeff{}'), [' byte-order-mark']);
  t.strictSame(faultsOf(''), [' empty']);
});

test('refuses depth and number of values before parsing', async t => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  t.strictSame(faultsOf(nested(64)), []);
  t.strictSame(faultsOf(nested(65)), [' too-deep']);
  t.strictSame(faultsOf('['.repeat(100_000)), [' too-deep']);
  t.strictSame(faultsOf('{"a":'.repeat(10_000)), [' too-deep']);
  t.strictSame(faultsOf(`["${'['.repeat(500)}"]`), [], 'brackets inside strings do not count');
  t.strictSame(faultsOf(`[${'0,'.repeat(100_000)}0]`), [' too-many-values']);
  t.throws(() => parseJson(Buffer.from('[[1]]'), { maxDepth: 1, maxValues: 10 }), InputFault);
});

test('names at most a hundred faults and counts the rest', async t => {
  const faults = faultsOf(`{${Array.from({ length: 400 }, () => '"a":1').join(',')}}`);
  t.equal(faults.length, 101);
  t.equal(faults.at(-1), ' more-faults');
});

test('keeps its answer small when keys are long', async t => {
  const key = 'k'.repeat(50_000);
  const [fault] = faultsOf(`{"${key}":1,"${key}":2}`);
  t.ok(fault !== undefined && fault.length < 600);
});
