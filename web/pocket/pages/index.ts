/** Every page of the unlocked phone by method and path; `{id}` stands for one id. */

import { routes as addendum } from "./addendum";
import { routes as attach } from "./attach";
import { routes as capture } from "./capture";
import { routes as checkin } from "./checkin";
import { routes as conflicts } from "./conflicts";
import { routes as consentAsk } from "./consent_ask";
import { routes as consents } from "./consents";
import { routes as credentials } from "./credentials";
import { routes as directory } from "./directory";
import { routes as draft } from "./draft";
import { routes as draftKind } from "./draft_kind";
import { routes as draftPerson } from "./draft_person";
import { routes as dropIn } from "./drop_in";
import { routes as editPerson } from "./edit_person";
import { routes as goal } from "./goal";
import { routes as inbox } from "./inbox";
import { routes as jottings } from "./jottings";
import { routes as keepwell } from "./keepwell";
import { routes as leftOver } from "./left_over";
import { routes as newPerson } from "./new_person";
import { routes as note } from "./note";
import { routes as own } from "./own";
import { routes as ownTime } from "./own_time";
import type { Page } from "./page";
import { routes as people } from "./people";
import { routes as person } from "./person";
import { routes as plan } from "./plan";
import { routes as planSign } from "./plan_sign";
import { routes as proposed } from "./proposed";
import { routes as reading } from "./reading";
import { routes as referralForm } from "./referral_form";
import { routes as referrals } from "./referrals";
import { routes as revise } from "./revise";
import { routes as safety } from "./safety";
import { routes as sessionPast } from "./session_past";
import { routes as sessions } from "./sessions";
import { routes as settings } from "./settings";
import { routes as sheets } from "./sheets";
import { routes as sync } from "./sync";
import { routes as tasks } from "./tasks";
import { routes as today } from "./today";

export const routes: Readonly<Record<string, Page>> = {
  ...today,
  ...people,
  ...newPerson,
  ...person,
  ...editPerson,
  ...consents,
  ...plan,
  ...planSign,
  ...keepwell,
  ...leftOver,
  ...goal,
  ...consentAsk,
  ...capture,
  ...credentials,
  ...draft,
  ...attach,
  ...draftKind,
  ...draftPerson,
  ...note,
  ...addendum,
  ...revise,
  ...reading,
  ...tasks,
  ...inbox,
  ...jottings,
  ...own,
  ...conflicts,
  ...directory,
  ...referralForm,
  ...referrals,
  ...checkin,
  ...safety,
  ...sync,
  ...settings,
  ...sessions,
  ...sessionPast,
  ...dropIn,
  ...ownTime,
  ...sheets,
  ...proposed,
};

export { notFound } from "./missing";
