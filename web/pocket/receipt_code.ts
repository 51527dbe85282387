/** Receipt code a person can read out: seq in Crockford base32, at least four characters. Twin of sync/ids.py. */

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function receiptCode(seq: number): string {
  let code = "";
  for (let rest = seq; rest > 0; rest = Math.floor(rest / 32)) code = (CROCKFORD[rest % 32] ?? "") + code;
  return code.padStart(4, "0");
}
