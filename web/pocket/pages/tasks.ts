/** What a supervisor asks for beside notes: ticked off with no signal, and open again if that was a slip. */

import type { TaskFields } from "../generated/schema";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { zoneOf } from "./surroundings";

const DONE_LIMIT = 30;
const LAST_DAY = "9999-12-31";

export interface TaskView {
  readonly id: string;
  readonly text: string;
  readonly due_on: string;
  readonly is_done: boolean;
  readonly about: string;
  readonly href: string;
}

/** Open ones first, what is due soonest on top; then what is done, the newest first. */
export async function taskViews(context: PageContext): Promise<TaskView[]> {
  const { memory, person } = context;
  const tasks = (await memory.all<TaskFields>("task")).filter(({ fields }) => fields.specialist === person.id);
  const byDay = (a: Seen<TaskFields>, b: Seen<TaskFields>) =>
    (a.fields.due_on || LAST_DAY).localeCompare(b.fields.due_on || LAST_DAY) || a.body.captured - b.body.captured;
  const open = tasks.filter(({ fields }) => !fields.is_done).sort(byDay);
  const done = tasks.filter(({ fields }) => fields.is_done).sort((a, b) => b.body.captured - a.body.captured);
  return Promise.all([...open, ...done.slice(0, DONE_LIMIT)].map((task) => taskView(task, context)));
}

async function taskView(task: Seen<TaskFields>, { memory }: PageContext): Promise<TaskView> {
  const { text, due_on = "", participant, note, is_done = false } = task.fields;
  const [about, known] = await Promise.all([
    participant ? memory.participant(participant) : null,
    note ? memory.note(note) : null,
  ]);
  return {
    id: task.doc,
    text,
    due_on,
    is_done,
    about: about?.fields.name ?? "",
    href: known ? `/app/notes/${known.doc}` : about ? `/app/people/${about.doc}` : "",
  };
}

const list: Page = async (_request, context) => listPage(context, 200);

/** The form says what it makes of the task, so that a second touch changes nothing. */
const tick: Page = async (request, context) => {
  const { memory, person } = context;
  const task = await memory.one<TaskFields>(request.params["id"] ?? "", "task");
  if (!task || task.fields.specialist !== person.id) return notFound(request, context);
  const isDone = request.form.get("done") === "yes";
  const back = request.form.get("from") === "tasks" ? "/app/tasks" : "/app/";
  if ((task.fields.is_done ?? false) === isDone) return { redirect: back };
  return saving(
    async () => {
      await memory.capture([
        { kind: "patch", type: "task", doc: task.doc, bucket: task.bucket, set: { is_done: isDone } },
      ]);
      return { redirect: back };
    },
    (why) => listPage(context, 507, why),
  );
};

async function listPage(context: PageContext, status: 200 | 507, why = ""): Promise<PageAnswer> {
  const tasks = await taskViews(context);
  return {
    status,
    template: "phone/tasks.html",
    view: {
      now: context.now,
      zone: await zoneOf(context.memory),
      open_tasks: tasks.filter((task) => !task.is_done),
      done_tasks: tasks.filter((task) => task.is_done),
      why,
    },
  };
}

export const routes = { "GET /app/tasks": list, "POST /app/tasks/{id}": tick };
