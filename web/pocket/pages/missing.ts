/** Nothing here: an address without a page, or a record this phone does not hold. The two look the same. */

import type { PageAnswer, PageContext, PageRequest } from "./page";

export function notFound(_request: PageRequest, _context: PageContext): PageAnswer {
  return { status: 404, template: "phone/missing.html", view: {} };
}
