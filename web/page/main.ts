/** The page's own script: what only a window can do. The words on the screen all come from templates. */

import "htmx.org";
import { keepDrafts } from "./drafts";
import { followFocus } from "./focus";
import { takeFragment } from "./fragment";
import { holdKeys } from "./keys";
import { kickExchanges } from "./kicks";
import { lockWhenIdle } from "./lock";
import { takeSignatures } from "./sign";
import { sayUnanswered } from "./unanswered";
import { installWorker } from "./worker";

takeFragment();
document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-print]")) print();
});
if (location.pathname.startsWith("/app")) {
  holdKeys();
  const drafts = keepDrafts();
  installWorker(drafts);
  lockWhenIdle(drafts);
  kickExchanges();
  sayUnanswered();
  takeSignatures();
}
followFocus();
