/** Imported for its effect: the templates, words and icons of every screen but those of setting up. */

import * as words from "./generated/catalogue";
import { icons } from "./generated/icons";
import { templates } from "./generated/templates";
import { carry } from "./render";

carry({ templates, words, icons });
