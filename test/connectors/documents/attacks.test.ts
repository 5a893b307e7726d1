/** What hostile XML and ZIP must meet: a refusal with a place, never a crash, never a different reading. */

import { zipSync } from 'fflate';
import { test } from 'tap';
import { AttachmentFault, decodeBase64, pack, unpack } from '../../../connectors/documents/attachments.ts';
import { readXml } from '../../../connectors/documents/xml-read.ts';
import { InputFault } from '../../../src/domain/errors.ts';

const codeOf = (bytes: Buffer | string): string => {
  try {
    readXml(Buffer.from(bytes));
    return 'taken';
  } catch (error) {
    if (error instanceof InputFault && /^\d+:\d+$/.test(error.faults[0]?.pointer ?? '')) {
      return error.faults[0]?.code ?? '';
    }
    throw error;
  }
};

test('refuses declarations before parsing: external, nested and quadratic entities', async t => {
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  const attacks = [
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    `<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]><a>&l9;</a>`,
    `<!DOCTYPE a [<!ENTITY q "${'x'.repeat(50_000)}">]><a>${'&q;'.repeat(1000)}</a>`,
    '<!doctype a><a/>',
    '<a/><!DOCTYPE a>',
  ];
  for (const attack of attacks) t.equal(codeOf(attack), 'xml-doctype', attack.slice(0, 60));
});

test('refuses what is not well formed', async t => {
  const broken = [
    '<a><b></a>',
    '<a><b>',
    '<a/><b/>',
    '<a/>thừa',
    '<a x="1" x="2"/>',
    '<p:a/>',
    '<a>&foo;</a>',
    '<a>&#1;</a>',
    '<a>&#x110000;</a>',
    '<a>&#xD800;</a>',
    '<a>\u0001</a>',
    '<a>\u0000</a>',
    '<a x="\u0008"/>',
    '<a><![CDATA[x]]',
    '',
    'văn bản',
  ];
  for (const text of broken) t.match(codeOf(text), /xml-(malformed|control-character)/, JSON.stringify(text));
  t.equal(codeOf('<a>chữ<b/></a>'), 'xml-mixed-content');
});

test('refuses other encodings and versions', async t => {
  t.equal(codeOf(Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x28, 0x3c, 0x2f, 0x61, 0x3e])), 'xml-encoding');
  t.equal(codeOf(Buffer.from('\ufeff<a/>', 'utf16le')), 'xml-encoding');
  t.equal(codeOf('<?xml version="1.1"?><a>&#1;</a>'), 'xml-declaration');
  t.equal(codeOf('<?xml version="1.0" encoding="windows-1258"?><a/>'), 'xml-declaration');
  t.equal(codeOf('\ufeff<?xml version="1.0" encoding="UTF-8"?><a/>'), 'taken', 'a byte order mark is no fault');
});

test('keeps to its bounds of depth, elements and size', async t => {
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  t.equal(codeOf(nested(64)), 'taken');
  t.equal(codeOf(nested(65)), 'xml-too-deep');
  t.equal(codeOf(nested(100_000)), 'xml-too-deep');
  t.equal(codeOf(`<a>${'<b/>'.repeat(9_999)}</a>`), 'taken');
  t.equal(codeOf(`<a>${'<b/>'.repeat(10_000)}</a>`), 'xml-too-many-elements');
  const big = 'x'.repeat(2 * 1024 * 1024);
  t.equal(codeOf(`<a>${big}</a>`), 'xml-too-large');
  t.equal(
    codeOf(`<a><ContentTransferEncoded>${big}</ContentTransferEncoded></a>`),
    'taken',
    'attachments do not count',
  );
  t.equal(codeOf(`<a>${'x'.repeat(8 * 1024 * 1024)}</a>`), 'xml-too-large');
});

test('reads numbers as text, decodes references, keeps white space, joins around comments', async t => {
  const text = (xml: string): string | undefined => readXml(Buffer.from(xml)).text;
  for (const value of ['075012345678', '0x1F', '1e5', 'true', '  hai  đầu  ', '\n\t']) {
    t.equal(text(`<a>${value}</a>`), value);
  }
  t.equal(text('<a>&#7877;&#x1EC5;&amp;&lt;&gt;&quot;&apos;</a>'), 'ễễ&<>"\'');
  t.equal(text('<a>07501<!-- -->2345678</a>'), '075012345678');
  t.equal(text('<a><![CDATA[<b>&amp;]]></a>'), '<b>&amp;');
});

test('has no trouble with elements named like parts of objects', async t => {
  const root = readXml(Buffer.from('<a><__proto__>x</__proto__><constructor>y</constructor></a>'));
  t.same(
    root.children.map(child => [child.name, child.text]),
    [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ],
  );
  t.equal(({} as Record<string, unknown>).x, undefined);
});

const zipCode = (zip: Buffer): string => {
  try {
    unpack(zip);
    return 'taken';
  } catch (error) {
    if (error instanceof AttachmentFault) return error.code;
    throw error;
  }
};

test('unpacks only sound ZIPs of one entry within bounds', async t => {
  const file = Buffer.from('Nội dung tệp mẫu '.repeat(20));
  const zip = pack(file, 'tệp.txt');
  t.same(unpack(zip), file);
  t.same(pack(file, 'tệp.txt'), zip, 'stable bytes');
  t.same(unpack(pack(Buffer.alloc(0), 'rỗng.txt')), Buffer.alloc(0));
  t.equal(zipCode(Buffer.from(zipSync({ a: file, b: file }))), 'attachment-zip', 'two entries');
  t.equal(zipCode(Buffer.from(zipSync({}))), 'attachment-zip', 'no entry');
  t.equal(zipCode(pack(Buffer.alloc(1024 * 1024), 'x')), 'attachment-zip', 'a bomb');
  t.equal(zipCode(Buffer.from('không phải ZIP')), 'attachment-zip');
  const end = zip.length - 22;
  const directory = zip.readUInt32LE(end + 16);
  const changed = (change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(zip);
    change(copy);
    return copy;
  };
  t.equal(zipCode(changed(copy => copy.writeUInt32LE(10, directory + 24))), 'attachment-zip', 'a size that lies');
  t.equal(zipCode(changed(copy => copy.writeUInt32LE(1, directory + 16))), 'attachment-zip', 'a wrong checksum');
  t.equal(zipCode(changed(copy => copy.writeUInt16LE(1, directory + 8))), 'attachment-zip', 'encrypted');
  t.equal(zipCode(changed(copy => copy.fill(0xff, 60, 90))), 'attachment-zip', 'damaged content');
  for (let cut = 0; cut < zip.length; cut += 7)
    t.equal(zipCode(zip.subarray(0, cut)), 'attachment-zip', `cut at ${cut}`);
});

test('takes strict base64 only', async t => {
  t.same(decodeBase64('SGVs\n bG8='), Buffer.from('Hello'));
  for (const wrong of ['SGVs!G8=', 'SGVsbG8', 'SGVsbG9=', '====', 'SGVs_G8-']) {
    t.throws(() => decodeBase64(wrong), { code: 'attachment-base64' }, wrong);
  }
});
