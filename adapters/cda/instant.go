package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// instant writes a point in time as FHIR does, with the precision and the zone that it was sent with (HL7 data types
// R1, TS). What is no date, or of a precision that FHIR has no form for (an hour, a day with a zone), stays as sent.
func instant(ts string) model.When {
	ts = strings.TrimSpace(ts)
	n := digits(ts)
	fraction, zone := cutFraction(ts[n:])
	written, ok := calendar(ts[:n])
	if !ok || fraction != "" && n != len("20060102150405") || zone != "" && n < len("200601021504") {
		return model.When(ts)
	}
	z, ok := zoneOf(zone)
	w := model.When(written + fraction + z)
	if !ok || w.Parse().Precision == model.PrecisionNone {
		return model.When(ts)
	}
	return w
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// calendar puts the separators between a run of digits.
func calendar(d string) (string, bool) {
	switch len(d) {
	case len("2006"):
		return d, true
	case len("200601"):
		return d[:4] + "-" + d[4:], true
	case len("20060102"):
		return d[:4] + "-" + d[4:6] + "-" + d[6:], true
	case len("200601021504"):
		return d[:4] + "-" + d[4:6] + "-" + d[6:8] + "T" + d[8:10] + ":" + d[10:], true
	case len("20060102150405"):
		return d[:4] + "-" + d[4:6] + "-" + d[6:8] + "T" + d[8:10] + ":" + d[10:12] + ":" + d[12:], true
	}
	return "", false
}

func cutFraction(s string) (fraction, rest string) {
	if s == "" || s[0] != '.' {
		return "", s
	}
	n := 1 + digits(s[1:])
	return s[:n], s[n:]
}

// zoneOf writes "+0100" as "+01:00".
func zoneOf(s string) (string, bool) {
	switch {
	case s == "" || s == "Z":
		return s, true
	case s[0] != '+' && s[0] != '-' || digits(s[1:]) != len(s)-1:
		return "", false
	case len(s) == len("+0100"):
		return s[:3] + ":" + s[3:], true
	case len(s) == len("+01"):
		return s + ":00", true
	}
	return "", false
}

// moment is the time in an element: its own value, else its centre.
func moment(e *xmltree.Element) model.When {
	if v := e.Attr("value"); v != "" {
		return instant(v)
	}
	return instant(e.Child("center").Attr("value"))
}

// interval is the ends of an element that is an interval; nil when neither is known.
func interval(e *xmltree.Element) *model.Period {
	p := &model.Period{Start: instant(e.Child("low").Attr("value")), End: instant(e.Child("high").Attr("value"))}
	if p.Start == "" && p.End == "" {
		return nil
	}
	return p
}

// span is a moment or an interval.
func span(e *xmltree.Element) model.Value {
	if w := moment(e); w != "" {
		return model.TextValue("DateTime", string(w))
	}
	if p := interval(e); p != nil {
		return model.NodeValue("Period", p)
	}
	return model.Value{}
}

// beginning and end of what an element says of a time: a moment is its own beginning.
func beginning(e *xmltree.Element) model.When {
	if w := moment(e); w != "" {
		return w
	}
	return instant(e.Child("low").Attr("value"))
}

func ending(e *xmltree.Element) model.When { return instant(e.Child("high").Attr("value")) }

// edges keep that an end of an interval is there and not known: a problem that is over, nobody knows since when. That
// nothing is said of an end, or that there is none, needs no words.
func (s *statement) edges(e *xmltree.Element) {
	for _, end := range [...]struct{ element, words string }{{"low", "beginning"}, {"high", "end"}} {
		c := e.Child(end.element)
		if f := flavor(c); f != nil && c.Attr("value") == "" && f.Code() != "NI" && f.Code() != "NA" {
			s.note(end.words, f.Show())
		}
	}
	if f := flavor(e); f != nil && f.Code() != "NI" && f.Code() != "NA" {
		s.note("time", f.Show())
	}
}
