// ical.js, by which Thunderbird reads calendars: what it makes of ours.
import ICAL from "ical.js";
import { tell } from "./telling.js";

type Read = { text: string; zone: string };

async function events({ text, zone }: Read): Promise<unknown> {
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  const found = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent");
  return found.map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      sequence: event.sequence,
      summary: event.summary,
      status: component.getFirstPropertyValue("status"),
      starts: event.startDate.toJSDate().toISOString(),
      ends: event.endDate.toJSDate().toISOString(),
      local: local.format(event.startDate.toJSDate()),
    };
  });
}

void tell({ events });
