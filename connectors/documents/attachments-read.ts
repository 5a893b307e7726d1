/**
 * Attachments of a message: Reference in the manifest and Attachment beside the envelope, tied together by ContentId.
 */
import { AttachmentFault, decodeBase64, unpack } from './attachments.ts';
import { LIMITS } from './dialect.ts';
import { all, fault, maybe, one, text } from './elements.ts';
import type { Attachment } from './message.ts';
import type { XmlElement } from './xml-read.ts';

/** Control, bidi and invisible characters make `gpj.exe` look like `exe.jpg`; names that hold any are refused. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const DECEIVING = /[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/**
 * All attachments of a message, in the order of the manifest.
 * @throws InputFault where one is named twice, cannot be unpacked, or has a deceiving name
 */
export function attachmentsOf(root: XmlElement, envelope: XmlElement | undefined): Attachment[] {
  const references = all(one(one(envelope, 'edXMLBody'), 'edXMLManifest'), 'Reference');
  const encoded = all(one(root, 'AttachmentEncoded') ?? one(envelope, 'AttachmentEncoded'), 'Attachment');
  if (references.length > LIMITS.attachments || encoded.length > LIMITS.attachments) {
    throw fault(
      root,
      'attachment-count',
      `Quá ${LIMITS.attachments} tệp kèm.`,
      `Over ${LIMITS.attachments} attachments.`,
    );
  }
  const byId = new Map<string, XmlElement>();
  for (const element of encoded) {
    const id = text(element, 'ContentId');
    if (id === undefined || byId.has(id)) {
      throw fault(element, 'attachment-id', 'Tệp kèm thiếu hoặc trùng ContentId.', 'ContentId is missing or doubled.');
    }
    byId.set(id, element);
  }
  const seen = new Set<string>();
  const named = references.map(reference => {
    const id = text(reference, 'ContentId');
    if (id === undefined || seen.has(id)) {
      throw fault(
        reference,
        'attachment-id',
        'Reference thiếu hoặc trùng ContentId.',
        'ContentId is missing or doubled.',
      );
    }
    seen.add(id);
    return attachment(id, reference, byId.get(id));
  });
  const unnamed = [...byId].filter(([id]) => !seen.has(id)).map(([id, element]) => attachment(id, undefined, element));
  return [...named, ...unnamed];
}

function attachment(id: string, reference: XmlElement | undefined, element: XmlElement | undefined): Attachment {
  const name = text(reference, 'AttachmentName') ?? text(element, 'AttachmentName') ?? id;
  const place = element ?? (reference as XmlElement);
  if (DECEIVING.test(name)) {
    throw fault(place, 'attachment-name', 'Tên tệp có ký tự ẩn.', 'The name of a file holds invisible characters.');
  }
  const encoded = one(element, 'ContentTransferEncoded');
  let content: Buffer | undefined;
  if (encoded) {
    try {
      const bytes = decodeBase64(encoded.text);
      content = text(element, 'ContentType') === 'application/zip' ? unpack(bytes) : bytes;
    } catch (error) {
      if (error instanceof AttachmentFault) throw fault(encoded, error.code, error.text.vi, error.text.en);
      throw error;
    }
  }
  return {
    contentId: id,
    name,
    ...maybe('mediaType', text(reference, 'ContentType')),
    ...maybe('description', text(reference, 'Description') ?? text(element, 'Description')),
    ...maybe('content', content),
  };
}
