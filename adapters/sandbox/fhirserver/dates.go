package fhirserver

import "time"

// span is the time that a date of any precision covers: from start up to, not including, end.
type span struct{ start, end time.Time }

// parseDate reads a FHIR date or dateTime of any precision. One without a zone is taken as UTC.
func parseDate(s string) (span, bool) {
	for _, form := range []struct {
		layout string
		until  func(time.Time) time.Time
	}{
		{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
		{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
		{time.DateOnly, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
		{"2006-01-02T15:04Z07:00", func(t time.Time) time.Time { return t.Add(time.Minute) }},
		{time.RFC3339, func(t time.Time) time.Time { return t.Add(time.Second) }},
		{"2006-01-02T15:04:05", func(t time.Time) time.Time { return t.Add(time.Second) }},
	} {
		if t, err := time.Parse(form.layout, s); err == nil {
			return span{t, form.until(t)}, true
		}
	}
	return span{}, false
}

// valueSpan reads a date value or a Period, whose open ends reach as far as time does.
func valueSpan(have any) (span, bool) {
	switch v := have.(type) {
	case string:
		return parseDate(v)
	case map[string]any:
		start, hasStart := parseDate(text(v, "start"))
		end, hasEnd := parseDate(text(v, "end"))
		if !hasStart {
			start.start = time.Time{}
		}
		if !hasEnd {
			end.end = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return span{start.start, end.end}, hasStart || hasEnd
	default:
		return span{}, false
	}
}

func splitPrefix(want string) (prefix, value string) {
	if len(want) > 2 && want[0] >= 'a' {
		return want[:2], want[2:]
	}
	return "eq", want
}

func isDateFilter(want string) bool {
	prefix, value := splitPrefix(want)
	switch prefix {
	case "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb":
		_, ok := parseDate(value)
		return ok
	default:
		return false
	}
}

// matchDate compares by the rules of hl7.org/fhir/R4/search.html#date.
func matchDate(have any, want string) bool {
	prefix, value := splitPrefix(want)
	asked, ok := parseDate(value)
	is, has := valueSpan(have)
	if !ok || !has {
		return false
	}
	within := !is.start.Before(asked.start) && !is.end.After(asked.end)
	switch prefix {
	case "ne":
		return !within
	case "gt":
		return is.end.After(asked.end)
	case "ge":
		return within || is.end.After(asked.end)
	case "lt":
		return is.start.Before(asked.start)
	case "le":
		return within || is.start.Before(asked.start)
	case "sa":
		return !is.start.Before(asked.end)
	case "eb":
		return !is.end.After(asked.start)
	default:
		return within
	}
}
