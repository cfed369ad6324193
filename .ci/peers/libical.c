/* Says what libical, the engine of Evolution and of KOrganizer, reads in calendars:
 *
 *	cc -o libical libical.c -lical && ./libical FROM UNTIL FILE...
 *
 * One line of JSON for each time an entry takes place; what repeats is followed
 * from one Unix time to another. Left alone, libical takes the system's rules for a
 * zone that the calendar does not describe; here that is an error, and so is
 * what breaks a rule of RFC 5545 or 5546 that libical knows.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path;

static void fail(const char *why, const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", path, why, what ? what : "");
	exit(1);
}

static char *contents(void)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END))
		fail("cannot be read", NULL);
	long size = ftell(f);
	char *text = calloc(size + 1, 1);
	rewind(f);
	if (!text || fread(text, 1, size, f) != (size_t)size)
		fail("cannot be read", NULL);
	fclose(f);
	return text;
}

static void string(const char *name, const char *s)
{
	printf(", \"%s\": \"", name);
	for (; s && *s; s++) {
		if (*s == '"' || *s == '\\' || (unsigned char)*s < ' ')
			printf("\\u%04x", *s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void instant(const char *name, icaltimetype t)
{
	char s[32] = "";
	if (t.is_date) {
		snprintf(s, sizeof s, "%04d-%02d-%02d", t.year, t.month, t.day);
	} else if (!icaltime_is_null_time(t)) {
		t = icaltime_convert_to_zone(t, icaltimezone_get_utc_timezone());
		snprintf(s, sizeof s, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
	}
	string(name, s);
}

/* of gives the time of a property, in the zone as the calendar describes it. */
static icaltimetype of(icalcomponent *event, icalproperty_kind kind)
{
	icalproperty *p = icalcomponent_get_first_property(event, kind);
	if (!p)
		return icaltime_null_time();
	icalparameter *zone = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	icaltimetype t = icalproperty_get_datetime_with_component(p, event);
	if (zone && t.zone != icalcomponent_get_timezone(icalcomponent_get_parent(event), icalparameter_get_tzid(zone)))
		fail("does not describe the zone", icalparameter_get_tzid(zone));
	if (!t.is_date && !t.zone)
		fail("does not say in which zone", icalproperty_as_ical_string(p));
	return t;
}

static icaltimetype end(icalcomponent *event, icaltimetype starts)
{
	icaltimetype t = of(event, ICAL_DTEND_PROPERTY);
	if (!icaltime_is_null_time(t))
		return t;
	if (starts.is_date)
		icaltime_adjust(&starts, 1, 0, 0, 0);
	return starts;
}

static void say(icalcomponent *event, icaltimetype recurrence, icaltimetype starts, icaltimetype ends)
{
	const char *slash = strrchr(path, '/');
	printf("{\"sequence\": %d", icalcomponent_get_sequence(event));
	string("file", slash ? slash + 1 : path);
	string("uid", icalcomponent_get_uid(event));
	instant("recurrence", recurrence);
	instant("starts", starts);
	instant("ends", ends);
	string("status", icalenum_status_to_string(icalcomponent_get_status(event)));
	string("summary", icalcomponent_get_summary(event));
	string("description", icalcomponent_get_description(event));
	puts("}");
}

static void say_once(icalcomponent *event, icaltimetype recurrence)
{
	icaltimetype starts = of(event, ICAL_DTSTART_PROPERTY);
	say(event, recurrence, starts, end(event, starts));
}

/* What stands in place of instances, in the calendar that is read. */
static icalcomponent **instead;
static int instead_n;

static void find_instead(icalcomponent *calendar)
{
	free(instead);
	instead = malloc(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT) * sizeof *instead);
	instead_n = 0;
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (icalcomponent *event; (event = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
		if (icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY))
			instead[instead_n++] = event;
	}
}

/* other gives what stands in place of an instance, or NULL. */
static icalcomponent *other(icalcomponent *event, icaltimetype at)
{
	for (int i = 0; i < instead_n; i++) {
		if (!strcmp(icalcomponent_get_uid(instead[i]), icalcomponent_get_uid(event)) &&
		    !icaltime_compare(of(instead[i], ICAL_RECURRENCEID_PROPERTY), at))
			return instead[i];
	}
	return NULL;
}

/* repeats says whether the calendar has the series of an instance. */
static int repeats(icalcomponent *calendar, icalcomponent *instance)
{
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (icalcomponent *event; (event = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
		if (icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY) && !strcmp(icalcomponent_get_uid(event), icalcomponent_get_uid(instance)))
			return 1;
	}
	return 0;
}

static void repeat(icalcomponent *event, icaltimetype from, icaltimetype until)
{
	icaltimetype starts = of(event, ICAL_DTSTART_PROPERTY), ends = end(event, starts);
	icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
	icalrecur_iterator *times = icalrecur_iterator_new(icalproperty_get_rrule(rule), starts);
	if (!times)
		fail("cannot be repeated", icalproperty_as_ical_string(rule));
	struct icaldurationtype lasts = icaltime_subtract(ends, starts);
	if (!starts.is_date) /* what the clock shows is no measure across zones */
		lasts = icaldurationtype_from_int(icaltime_as_timet_with_zone(ends, ends.zone) - icaltime_as_timet_with_zone(starts, starts.zone));
	for (;;) {
		icaltimetype at = icalrecur_iterator_next(times), first = starts;
		if (icaltime_is_null_time(at) || icaltime_compare(at, until) >= 0)
			break;
		if (icaltime_compare(at, from) < 0 || icalproperty_recurrence_is_excluded(event, &first, &at))
			continue;
		icalcomponent *x = other(event, at);
		if (x) {
			say_once(x, at);
		} else {
			icaltimetype utc = at.is_date ? at : icaltime_convert_to_zone(at, icaltimezone_get_utc_timezone());
			say(event, at, at, icaltime_add(utc, lasts));
		}
	}
	icalrecur_iterator_free(times);
}

/* complaint gives what libical could not read, or what RFC 5545 or, by the
 * METHOD, RFC 5546 does not allow; NULL if there is nothing. */
static const char *complaint(icalcomponent *c)
{
	icalproperty *p = icalcomponent_get_first_property(c, ICAL_XLICERROR_PROPERTY);
	if (p)
		return icalproperty_get_xlicerror(p);
	icalcompiter i = icalcomponent_begin_component(c, ICAL_ANY_COMPONENT);
	for (icalcomponent *part; (part = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
		const char *wrong = complaint(part);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static void read_calendar(icaltimetype from, icaltimetype until)
{
	char *text = contents();
	icalcomponent *calendar = icalparser_parse_string(text);
	if (!calendar)
		fail("is no calendar", NULL);
	icalrestriction_check(calendar); /* says in the calendar what it finds */
	const char *wrong = complaint(calendar);
	if (wrong)
		fail("breaks a rule", wrong);
	find_instead(calendar);
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (icalcomponent *event; (event = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
		icaltimetype instance = of(event, ICAL_RECURRENCEID_PROPERTY);
		if (icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY))
			repeat(event, from, until);
		else if (icaltime_is_null_time(instance) || !repeats(calendar, event))
			say_once(event, instance);
	}
	icalcomponent_free(calendar);
	free(text);
}

static icaltimetype unix_time(const char *s)
{
	return icaltime_from_timet_with_zone(atoll(s), 0, icaltimezone_get_utc_timezone());
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fputs("usage: libical FROM UNTIL FILE...\n", stderr);
		return 2;
	}
	icaltimetype from = unix_time(argv[1]), until = unix_time(argv[2]);
	for (int i = 3; i < argc; i++) {
		path = argv[i];
		read_calendar(from, until);
	}
	return 0;
}
