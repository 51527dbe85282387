/** Every page of the unlocked phone by method and path; `{id}` stands for one id. */

import * as addendum from "./addendum";
import * as capture from "./capture";
import * as draft from "./draft";
import * as inbox from "./inbox";
import * as newPerson from "./new_person";
import * as note from "./note";
import type { Page } from "./page";
import * as people from "./people";
import * as person from "./person";
import * as safety from "./safety";
import * as settings from "./settings";
import * as sync from "./sync";
import * as today from "./today";

const nouns = [today, people, newPerson, person, capture, draft, note, addendum, inbox, safety, sync, settings];

export const routes: Readonly<Record<string, Page>> = Object.assign({}, ...nouns.map((noun) => noun.routes));

export { notFound } from "./missing";
