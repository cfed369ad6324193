// Says what ical.js, the engine of Thunderbird, reads in calendars:
//
//	node icaljs.mjs FROM UNTIL FILE...
//
// One line of JSON for each time an entry takes place; what repeats is followed
// from one Unix time to another. ical.js has no zones of its own, so what a clock
// shows is what the calendar itself says of its zones.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import ICAL from "ical.js";

const [from, until] = process.argv.slice(2, 4).map(Number);

function instant(time) {
  if (time.isDate) return time.toString();
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`${time}: the calendar does not say in which zone`);
  return new Date(time.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");
}

function say(file, item, recurrence, starts, ends) {
  const value = (name) => item.component.getFirstPropertyValue(name);
  console.log(JSON.stringify({
    file, uid: item.uid, recurrence: recurrence ? instant(recurrence) : "", starts: instant(starts), ends: instant(ends),
    status: value("status"), sequence: item.sequence, summary: item.summary, description: item.description ?? "",
  }));
}

function repeat(file, event) {
  const times = event.iterator();
  for (let time = times.next(); time && time.toUnixTime() < until; time = times.next()) {
    const { item, recurrenceId, startDate, endDate } = event.getOccurrenceDetails(time);
    if (time.toUnixTime() >= from) say(file, item, recurrenceId, startDate, endDate);
  }
}

for (const path of process.argv.slice(4)) {
  const file = basename(path);
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
  const exceptions = {};
  const masters = [];
  for (const component of calendar.getAllSubcomponents("vevent")) {
    if (component.hasProperty("recurrence-id")) (exceptions[component.getFirstPropertyValue("uid")] ??= []).push(component);
    else masters.push(component);
  }
  for (const component of masters) {
    // Left alone, ical.js takes the exceptions of all other entries for its own.
    const uid = component.getFirstPropertyValue("uid");
    const event = new ICAL.Event(component, { exceptions: exceptions[uid] ?? [] });
    delete exceptions[uid];
    if (event.isRecurring()) repeat(file, event);
    else say(file, event, null, event.startDate, event.endDate);
  }
  for (const component of Object.values(exceptions).flat()) { // of what is not in the file
    const event = new ICAL.Event(component);
    say(file, event, event.recurrenceId, event.startDate, event.endDate);
  }
}
