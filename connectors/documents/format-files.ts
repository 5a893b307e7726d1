/**
 * Canonical files → attachments. A file whose bytes are not in the event cannot travel in edXML, and one whose bytes are not
 * the ones its hash names must not.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { Json } from '../../src/domain/words.ts';
import { AttachmentFault, decodeBase64, sha256, stableUuid } from './attachments.ts';
import type { Attachment } from './message.ts';

/**
 * @param files `data.files` of an event
 * @param seed what the files belong to; with the place it gives a file its ContentId where it has none
 * @throws FormatFault at the file's pointer
 */
export function filesOf(files: Json | undefined, seed: string): Attachment[] {
  if (!Array.isArray(files)) return [];
  return files.map((item, index) => {
    const pointer = `/data/files/${index}`;
    const file = item !== null && typeof item === 'object' && !Array.isArray(item) ? item : {};
    const member = (key: string): string | undefined => {
      const value = file[key];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const id = member('id');
    const content = typeof file.content === 'string' ? file.content : undefined;
    const description = member('description');
    const mediaType = member('mediaType');
    const attachment: Attachment = {
      contentId: id?.startsWith('cid:') ? id : `cid:${stableUuid(`${seed}\n${index}\n${id ?? ''}`)}`,
      name: member('name') ?? id ?? `tep-${index + 1}`,
      ...(mediaType === undefined ? {} : { mediaType }),
      ...(description === undefined ? {} : { description }),
    };
    // Only named in the message it came from: passed on as it came.
    if (content === undefined && member('contentLeftOut') === 'not-attached') return attachment;
    if (content === undefined) {
      throw new FormatFault(`${pointer}/content`, {
        vi: `Tệp "${attachment.name}" không kèm nội dung (quá 256 KiB hoặc chưa tải về).`,
        en: `The file "${attachment.name}" comes without its content (over 256 KiB, or not fetched).`,
      });
    }
    return { ...attachment, content: bytesOf(content, member('sha256'), pointer) };
  });
}

function bytesOf(content: string, hash: string | undefined, pointer: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = decodeBase64(content);
  } catch (error) {
    if (error instanceof AttachmentFault) throw new FormatFault(`${pointer}/content`, error.text);
    throw error;
  }
  if (hash !== undefined && hash.toLowerCase() !== sha256(bytes)) {
    throw new FormatFault(`${pointer}/sha256`, {
      vi: 'Nội dung tệp không khớp mã băm.',
      en: 'The content of the file does not match its hash.',
    });
  }
  return bytes;
}
