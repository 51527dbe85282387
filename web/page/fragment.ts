/** A one-time token travels behind the # of a link, where no server and no log sees it. */
export function takeFragment(): void {
  const token = location.hash.slice(1);
  if (!token) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keep-fragment]")) link.hash = token;
  const fields = document.querySelectorAll<HTMLInputElement>("input[data-from-fragment]");
  for (const field of fields) field.value = token;
  if (fields.length > 0) history.replaceState(null, "", location.pathname + location.search);
}
