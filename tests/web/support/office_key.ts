/** What only the office can do: opening a sealed copy. */

import { fromBase64url } from "../../../web/pocket/bytes";
import type { Envelope } from "../../../web/pocket/vault/seal";
import { unseal } from "../../../web/pocket/vault/unseal";

export const CURVE = { name: "ECDH", namedCurve: "P-256" };

export const openSealed = (privateKey: CryptoKey, recipient: string, envelope: Envelope): Promise<string> =>
  unseal(privateKey, fromBase64url(recipient), envelope);
