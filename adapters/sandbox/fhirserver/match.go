package fhirserver

import (
	"slices"
	"strings"
)

// matches gives the resources of the record that the query asks for, in the order asked for.
func (q *query) matches(s *Store, record *Record) []*Resource {
	var found []*Resource
	for _, resource := range q.candidates(s, record) {
		if q.isAbout(s, record, resource) && q.passes(resource) {
			found = append(found, resource)
		}
	}
	for _, name := range slices.Backward(q.sort) {
		sortBy(found, name)
	}
	return found
}

func (q *query) candidates(s *Store, record *Record) []*Resource {
	if record != nil {
		return record.ofType(q.typ)
	}
	if q.number != "" || q.ref != "" {
		return nil
	}
	var all []*Resource
	for _, record := range s.records {
		all = append(all, record.ofType(q.typ)...)
	}
	return all
}

// isAbout keeps the linked records of one person apart: searching one does not give what stands under another.
func (q *query) isAbout(s *Store, record *Record, resource *Resource) bool {
	if record == nil || q.ref == "" && !q.apart {
		return true
	}
	if q.apart {
		return q.isOfChosen(s, record, resource)
	}
	if q.typ == "Patient" {
		return resource.Reference() == q.ref || !q.names(record)
	}
	for _, path := range []string{"patient.reference", "subject.reference"} {
		subject, ok := s.resolve(text(resource.fields(), path))
		if ok && subject.record == record && subject.resource.Type == "Patient" {
			return subject.resource.Reference() == q.ref || !q.names(record)
		}
	}
	return true
}

// names tells whether the record holds the patient whom the query names. It does not when a fault swapped it.
func (q *query) names(record *Record) bool {
	return slices.ContainsFunc(record.patients(), func(p *Resource) bool { return p.Reference() == q.ref })
}

func (q *query) passes(resource *Resource) bool {
	for _, f := range q.filters {
		if !f.passes(resource) {
			return false
		}
	}
	return true
}

func (f filter) passes(resource *Resource) bool {
	return slices.ContainsFunc(f.values, func(want string) bool {
		return slices.ContainsFunc(f.param.values(resource), func(have any) bool {
			return f.param.Kind.match(have, want)
		})
	})
}

func (p Param) values(resource *Resource) []any {
	var found []any
	for _, path := range p.Paths {
		found = append(found, values(resource.fields(), path)...)
	}
	return found
}

func (k ParamKind) match(have any, want string) bool {
	switch k {
	case Token:
		return matchToken(have, want)
	case Date:
		return matchDate(have, want)
	case Reference:
		return sameReference(text(have, "reference"), want)
	default:
		return false
	}
}

// matchToken compares a code, Coding, CodeableConcept, Identifier or boolean with [system]|code.
func matchToken(have any, want string) bool {
	system, code, hasSystem := strings.Cut(want, "|")
	if !hasSystem {
		system, code = "", want
	}
	switch v := have.(type) {
	case string:
		return v == code
	case bool:
		return (code == "true") == v
	case map[string]any:
		if codings := values(v, "coding"); len(codings) > 0 {
			return slices.ContainsFunc(codings, func(c any) bool { return matchToken(c, want) })
		}
		if system != "" && text(v, "system") != system {
			return false
		}
		return code == "" || text(v, "code") == code || text(v, "value") == code
	default:
		return false
	}
}

func sameReference(have, want string) bool {
	return have != "" && (have == want || strings.HasSuffix(have, "/"+want))
}

func sortBy(found []*Resource, name string) {
	field, descending := strings.CutPrefix(name, "-")
	descending = descending || name == newest
	slices.SortStableFunc(found, func(a, b *Resource) int {
		order := strings.Compare(sortKey(a, field), sortKey(b, field))
		if descending {
			return -order
		}
		return order
	})
}

// sortKey compares dates as text, which orders ISO dates of one zone rightly.
func sortKey(r *Resource, field string) string {
	paths := map[string][]string{
		newest: {
			"period.start", "effectiveDateTime", "authoredOn", "authored", "assertedDate", "dateAsserted", "date",
			"performedDateTime", "recordedDate", "meta.lastUpdated",
		},
		"_lastUpdated": {"meta.lastUpdated"},
		"date": {
			"date", "effectiveDateTime", "occurrenceDateTime", "recordedDate", "assertedDate", "period.start", "indexed",
		},
		"authoredon": {"authoredOn"},
	}
	for _, path := range paths[field] {
		if key := text(r.fields(), path); key != "" {
			return key
		}
	}
	return ""
}
