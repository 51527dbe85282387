/**
 * The passkey's ceremony: only a window can hold it. Loaded by the unlock screen and by the passkey's own, never with
 * another page. A form marked data-passkey gets the authenticator's answer into its hidden fields before it is sent;
 * whatever goes wrong, the form stays, the passphrase gets the cursor, and the screen says so.
 */

const PATIENCE_MS = 60_000;
const ES256 = -7;
const RS256 = -257;

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const spelled = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

interface Answer {
  readonly credential: string;
  readonly prf: string;
}

/** The authenticator, its user checked, answers `salt`. */
async function ask(credential: string, salt: string): Promise<Answer> {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: random(32),
      allowCredentials: [{ type: "public-key", id: bytes(credential) }],
      userVerification: "required",
      timeout: PATIENCE_MS,
      extensions: { prf: { eval: { first: bytes(salt) } } },
    },
  });
  return answerOf(found as PublicKeyCredential);
}

/** A new passkey. Some authenticators answer while they make it, others only when they are asked. */
async function make(salt: string): Promise<Answer> {
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: random(32),
      rp: { name: "Alongside" },
      user: { id: random(16), name: "Alongside", displayName: "Alongside" },
      pubKeyCredParams: [ES256, RS256].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      timeout: PATIENCE_MS,
      extensions: { prf: { eval: { first: bytes(salt) } } },
    },
  })) as PublicKeyCredential;
  const { prf } = made.getClientExtensionResults();
  if (prf?.results) return answerOf(made);
  if (!prf?.enabled) throw new DOMException("no prf", "NotSupportedError");
  return ask(spelled(made.rawId), salt);
}

function answerOf(found: PublicKeyCredential): Answer {
  const first = found.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new DOMException("no prf", "NotSupportedError");
  return { credential: spelled(found.rawId), prf: spelled(first as ArrayBuffer) };
}

function show(mark: string, isShown: boolean): void {
  for (const element of document.querySelectorAll<HTMLElement>(`[${mark}]`)) element.hidden = !isShown;
}

async function hold(form: HTMLFormElement): Promise<void> {
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  show("data-passkey-failed", false);
  show("data-passkey-unable", false);
  try {
    const { credential, salt } = { credential: field("credential").value, salt: field("salt").value };
    const answer = form.dataset["passkey"] === "make" ? await make(salt) : await ask(credential, salt);
    field("credential").value = answer.credential;
    field("prf").value = answer.prf;
    form.submit();
  } catch (problem) {
    const isUnable = problem instanceof DOMException && /NotSupported|Security/.test(problem.name);
    show(isUnable ? "data-passkey-unable" : "data-passkey-failed", true);
    document.getElementById("f-passphrase")?.focus();
  }
}

if ("PublicKeyCredential" in window) {
  show("data-passkey-able", true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement && form.dataset["passkey"])) return;
    event.preventDefault();
    // What a passphrase was mistyped for is not asked of the authenticator twice.
    if ((form.elements.namedItem("prf") as HTMLInputElement).value) form.submit();
    else void hold(form);
  });
} else show("data-passkey-unable", true);
