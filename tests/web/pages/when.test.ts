import { expect, test } from "vitest";
import { addDays, instant, local, weekStart } from "../../../web/pocket/pages/when";

const NY = "America/New_York";

test("a clock time and an instant are each other's inverse", () => {
  for (const zone of [NY, "Asia/Kathmandu", "Pacific/Apia", "UTC"]) {
    const at = Date.UTC(2026, 10, 21, 15, 41);
    const { day, clock } = local(at, zone);
    expect(instant(day, clock, zone)).toBe(at);
  }
});

test("a time that the spring skips is the instant after the jump", () => {
  expect(instant("2026-03-08", "02:30", NY)).toBe(Date.UTC(2026, 2, 8, 7, 30));
});

test("a time that autumn repeats is the first of the two, or the second after a start between them", () => {
  const first = Date.UTC(2026, 10, 1, 5, 30);
  expect(instant("2026-11-01", "01:30", NY)).toBe(first);
  expect(instant("2026-11-01", "01:30", NY, first)).toBe(first + 3_600_000);
});

test("words that are no day or no time are nothing", () => {
  for (const [day, clock] of [
    ["2026-13-01", "10:00"],
    ["", "10:00"],
    ["2026-11-21", ""],
    ["2026-11-21", "25:00"],
    ["x", "y"],
  ]) {
    expect(instant(day ?? "", clock ?? "", NY)).toBeNull();
  }
});

test("an unknown zone stops nothing", () => {
  expect(local(0, "Mars/Olympus")).toEqual({ day: "1970-01-01", clock: "00:00" });
});

test("weeks begin on Monday, across years", () => {
  expect(weekStart("2026-11-21")).toBe("2026-11-16");
  expect(weekStart("2026-11-16")).toBe("2026-11-16");
  expect(weekStart("2027-01-03")).toBe("2026-12-28");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
});

test("every minute around the changes of the clocks is the browser's own", () => {
  const changes: Record<string, number> = {
    [NY]: Date.UTC(2026, 10, 1, 6),
    "Australia/Lord_Howe": Date.UTC(2026, 3, 4, 15),
    "Asia/Kathmandu": Date.UTC(1985, 11, 31, 18, 30),
    "America/St_Johns": Date.UTC(2011, 2, 13, 3, 31),
  };
  for (const [timeZone, change] of Object.entries(changes)) {
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    for (let at = change - 7_200_000; at < change + 7_200_000; at += 60_000)
      expect(local(at, timeZone).clock).toBe(clock.format(at));
  }
});
