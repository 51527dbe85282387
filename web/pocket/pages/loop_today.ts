/** What a supervisor waits for, on top of Today: notes to revise, tasks to do. */

import { waitingViews } from "./loop";
import type { PageContext } from "./page";
import { taskViews } from "./tasks";

export async function loopToday(context: PageContext): Promise<Record<string, unknown>> {
  const [askedAgain, tasks] = await Promise.all([waitingViews(context), taskViews(context)]);
  return {
    asked_again: askedAgain,
    open_tasks: tasks.filter((task) => !task.is_done),
    has_done_tasks: tasks.some((task) => task.is_done),
  };
}
