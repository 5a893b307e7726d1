/**
 * Attachments as edXML carries them: the file in a ZIP of one entry with a made-up name, in base64. Unpacking is bounded
 * before anything is inflated and checked afterwards; packing gives the same bytes for the same file.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import type { Bilingual } from '../../src/domain/words.ts';
import { LIMITS } from './dialect.ts';

/** Why an attachment cannot be taken; the reader of the message adds the place. */
export class AttachmentFault extends Error {
  readonly code: string;
  readonly text: Bilingual;
  constructor(code: string, text: Bilingual) {
    super(text.en);
    this.name = 'AttachmentFault';
    this.code = code;
    this.text = text;
  }
}

/** SHA-256 of bytes, in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Strict base64 (RFC 4648 §4) → bytes; line breaks and blanks between the characters are allowed, nothing else is.
 * @throws AttachmentFault `attachment-base64`
 */
export function decodeBase64(text: string): Buffer {
  const compact = text.replace(/[\t\n\r ]+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  // Node skips what is not base64, so only what encodes back to itself was base64.
  if (bytes.toString('base64') !== compact) {
    throw new AttachmentFault('attachment-base64', {
      vi: 'Nội dung tệp kèm không phải base64.',
      en: 'The content of an attachment is not base64.',
    });
  }
  return bytes;
}

const zipFault = (reason: Bilingual): AttachmentFault =>
  new AttachmentFault('attachment-zip', {
    vi: `Tệp kèm đóng gói ZIP không hợp lệ: ${reason.vi}.`,
    en: `The ZIP of an attachment is not valid: ${reason.en}.`,
  });

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const ENCRYPTED = 1;

/** Size and checksum of the one entry, from the central directory (a local header may leave them 0). */
function onlyEntry(zip: Buffer): { size: number; crc: number } {
  let end = zip.length - 22;
  while (end >= Math.max(0, zip.length - 22 - 0xffff) && zip.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0 || zip.length < 22 || zip.readUInt32LE(end) !== END_OF_DIRECTORY) {
    throw zipFault({ vi: 'không có mục lục', en: 'no central directory' });
  }
  if (zip.readUInt16LE(end + 8) !== 1 || zip.readUInt16LE(end + 10) !== 1) {
    throw zipFault({ vi: 'phải có đúng một tệp', en: 'there must be exactly one entry' });
  }
  const at = zip.readUInt32LE(end + 16);
  if (at + 46 > end || zip.readUInt32LE(at) !== DIRECTORY_ENTRY) {
    throw zipFault({ vi: 'mục lục hỏng', en: 'the central directory is damaged' });
  }
  if (zip.readUInt16LE(at + 8) & ENCRYPTED) throw zipFault({ vi: 'có mật khẩu', en: 'it is encrypted' });
  const packed = zip.readUInt32LE(at + 20);
  const size = zip.readUInt32LE(at + 24);
  if (packed > zip.length) throw zipFault({ vi: 'độ dài sai', en: 'the lengths are wrong' });
  if (size > LIMITS.unpackedBytes || size > Math.max(packed, 1) * LIMITS.ratio) {
    throw zipFault({ vi: 'giải nén ra quá lớn', en: 'it unpacks to too much' });
  }
  return { size, crc: zip.readUInt32LE(at + 16) };
}

/**
 * The file inside a ZIP of one entry.
 * @throws AttachmentFault `attachment-zip` where it is damaged, encrypted, holds more than one entry, or unpacks to more
 * than LIMITS.ratio times its size or LIMITS.unpackedBytes
 */
export function unpack(zip: Buffer): Buffer {
  const { size, crc } = onlyEntry(zip);
  let files: Uint8Array[];
  try {
    files = Object.values(unzipSync(zip));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw zipFault({ vi: `không giải nén được (${reason})`, en: `it cannot be inflated (${reason})` });
  }
  const file = Buffer.from(files[0] ?? new Uint8Array(0));
  // The inflater stops at the size that the directory names; a longer or other content shows in the checksum.
  if (files.length !== 1 || file.length !== size || crc32(file) !== crc) {
    throw zipFault({ vi: 'nội dung không khớp mục lục', en: 'the content does not match its directory' });
  }
  return file;
}

/** A UUID (version 8, RFC 9562) made of a hash, so that the same file in the same place always gets the same one. */
export function stableUuid(seed: string): string {
  const hex = sha256(seed);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * A file → its ZIP of one entry; the same file always gives the same bytes. The entry's name is made up, as in the field.
 * @param name of the file, only for the entry's extension
 */
export function pack(file: Uint8Array, name: string): Buffer {
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  // A date by its local parts: ZIP stores local time, so the bytes do not depend on the machine's zone.
  const zip = zipSync({ [`${stableUuid(sha256(file))}${extension}`]: file }, { level: 6, mtime: new Date(2016, 0, 1) });
  return Buffer.from(zip);
}
