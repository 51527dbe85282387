/**
 * A box: one encrypted thing at rest. AES-256-GCM under the vault key, a random IV, and a label (where it stands:
 * store, kind, id) as authenticated data, so that no box can be moved to another place. Its length is padded to a
 * few sizes, so that the disk does not tell a short note from a long one.
 */

import { type Bytes, random, text, utf8 } from "../bytes";

/** True only in the control run of the forensic test, which must find what it looks for. Never shipped. */
declare const __CLEAR__: boolean;
export const isClear = typeof __CLEAR__ !== "undefined" && __CLEAR__;

export interface Box {
  readonly iv: Bytes;
  readonly ct: Bytes;
}

const SMALLEST = 256;
const LENGTH_BYTES = 4;
const IV_BYTES = 12;

/** Sizes 256 B, 1, 2, 4, 8 KiB and on in doublings. */
export function paddedSize(length: number): number {
  if (length <= SMALLEST) return SMALLEST;
  let size = 1024;
  while (size < length) size *= 2;
  return size;
}

/** Length in four bytes, the content, zeros. */
export function pad(content: Bytes): Bytes {
  const padded = new Uint8Array(paddedSize(LENGTH_BYTES + content.length));
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, LENGTH_BYTES);
  return padded;
}

export function unpad(padded: Bytes): Bytes {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  return padded.slice(LENGTH_BYTES, LENGTH_BYTES + length);
}

export async function close(key: CryptoKey, label: string, content: string): Promise<Box> {
  if (isClear) return { iv: new Uint8Array(0), ct: utf8(content) };
  return closeBytes(key, label, pad(utf8(content)));
}

export async function open(key: CryptoKey, label: string, box: Box): Promise<string> {
  if (isClear) return text(box.ct);
  return text(unpad(await openBytes(key, label, box)));
}

export async function closeBytes(key: CryptoKey, label: string, content: Bytes): Promise<Box> {
  const iv = random(IV_BYTES);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(label) }, key, content);
  return { iv, ct: new Uint8Array(ct) };
}

export async function openBytes(key: CryptoKey, label: string, box: Box): Promise<Bytes> {
  const { iv, ct } = box;
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(label) }, key, ct));
}

/** Label of a box in a store: what it is must match where it stands. */
export const label = (store: string, kind: string, id: string | number): string => `${store}|${kind}|${id}`;
