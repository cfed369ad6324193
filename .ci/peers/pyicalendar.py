"""Says what icalendar and dateutil, the libraries of Python, read in calendars:

    python3 pyicalendar.py FROM UNTIL FILE...

One line of JSON for each time an entry takes place; what repeats is followed
from one Unix time to another. Left alone, icalendar takes the system's rules for
every zone whose name it knows; here it makes them of the calendar's own.
"""

import json
import os
import sys
from datetime import date, datetime, timedelta, timezone

import dateutil.rrule
import icalendar


def main(first, last, *paths):
    window = [datetime.fromtimestamp(int(t), timezone.utc) for t in (first, last)]
    for path in paths:
        with open(path, "rb") as f:
            calendar = icalendar.Calendar.from_ical(f.read())
        for line in Reader(calendar).lines(window):
            print(json.dumps({"file": os.path.basename(path), **line}))


class Reader:
    def __init__(self, calendar):
        self.events = calendar.walk("VEVENT")
        self.zones = {str(z["TZID"]): z.to_tz() for z in calendar.walk("VTIMEZONE")}
        self.moved = {(str(e["UID"]), self.time(e["RECURRENCE-ID"])): e for e in self.events if "RECURRENCE-ID" in e}

    def lines(self, window):
        masters = {str(e["UID"]) for e in self.events if "RECURRENCE-ID" not in e}
        for e in self.events:
            if "RRULE" in e:
                yield from self.repeat(e, window)
            elif "RECURRENCE-ID" not in e:
                yield self.line(e, "", *self.times(e))
            elif str(e["UID"]) not in masters:
                yield self.line(e, self.time(e["RECURRENCE-ID"]), *self.times(e))

    def repeat(self, e, window):
        """Follows the clock on the wall: a rule knows no summer time."""
        starts, ends = self.times(e)
        wall, localize = self.wall(e["DTSTART"])
        without = {self.time(d, x.params) for x in as_list(e.get("EXDATE")) for d in x.dts}
        for at in self.rule(e["RRULE"], wall, e["DTSTART"].params):
            at = localize(at)
            if comparable(at) >= window[1]:
                return
            if comparable(at) < window[0] or at in without:
                continue
            if moved := self.moved.get((str(e["UID"]), at)):
                yield self.line(moved, at, *self.times(moved))
            else:
                yield self.line(e, at, at, at + (ends - starts))

    def rule(self, rule, wall, params):
        until = rule.get("UNTIL")
        if until and isinstance(until[0], datetime):
            until[0] = until[0].astimezone(self.zones.get(params.get("TZID"), timezone.utc)).replace(tzinfo=None)
        return dateutil.rrule.rrulestr(rule.to_ical().decode(), dtstart=wall)

    def times(self, e):
        starts = self.time(e["DTSTART"])
        if "DTEND" in e:
            return starts, self.time(e["DTEND"])
        return starts, starts + (timedelta() if isinstance(starts, datetime) else timedelta(days=1))

    def time(self, prop, params=None):
        wall, localize = self.wall(prop, params)
        return localize(wall)

    def wall(self, prop, params=None):
        """What the clock shows, and what makes an instant of such a time."""
        params = prop.params if params is None else params
        if not isinstance(prop.dt, datetime):
            return datetime.combine(prop.dt, datetime.min.time()), lambda t: t.date()
        naive = prop.dt.replace(tzinfo=None)
        if "TZID" in params:
            zone = self.zones[params["TZID"]]
            return naive, lambda t: zone.localize(t).astimezone(timezone.utc)
        if prop.dt.utcoffset() != timedelta():
            raise ValueError(f"{prop.dt}: the calendar does not say in which zone")
        return naive, lambda t: t.replace(tzinfo=timezone.utc)

    def line(self, e, recurrence, starts, ends):
        return {
            "uid": str(e["UID"]), "recurrence": shown(recurrence), "starts": shown(starts), "ends": shown(ends),
            "status": str(e["STATUS"]), "sequence": int(e["SEQUENCE"]), "summary": str(e["SUMMARY"]), "description": str(e.get("DESCRIPTION", "")),
        }


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def comparable(t):
    return t if isinstance(t, datetime) else datetime.combine(t, datetime.min.time(), timezone.utc)


def shown(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(t, datetime) else t.isoformat() if isinstance(t, date) else t


main(*sys.argv[1:])
