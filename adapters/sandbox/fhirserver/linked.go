package fhirserver

import "slices"

// newest is the order of an answer for which none is asked: by the date that says most of a resource.
const newest = "newest first"

// isOfChosen tells whether a resource belongs to one of the patient records that the query chooses. What has no subject
// that can be resolved was filed under the person and is sent.
func (q *query) isOfChosen(s *Store, record *Record, resource *Resource) bool {
	chosen := q.chosen(s, record)
	if resource.Type == "Patient" {
		return slices.Contains(chosen, resource)
	}
	for _, path := range []string{"patient.reference", "subject.reference"} {
		subject, ok := s.resolve(text(resource.fields(), path))
		if ok && subject.record == record && subject.resource.Type == "Patient" {
			return slices.Contains(chosen, subject.resource)
		}
	}
	return true
}

// chosen gives the patient records that a query names: the one of its id, those that carry its number, and with those
// linked to them if they are wanted. A record that a fault swapped is chosen whole.
func (q *query) chosen(s *Store, record *Record) []*Resource {
	var found []*Resource
	for _, patient := range record.patients() {
		if patient.Reference() == q.ref || q.number != "" && hasNumber(patient, q.number) {
			found = append(found, patient)
		}
	}
	if len(found) == 0 {
		return record.patients()
	}
	if q.linked {
		return withLinked(s, record, found)
	}
	return found
}

func hasNumber(patient *Resource, number string) bool {
	return slices.ContainsFunc(values(patient.fields(), "identifier"), func(identifier any) bool {
		return matchToken(identifier, NHSNumberSystem+"|"+number)
	})
}

// withLinked adds the patients that are linked to the found ones, in either direction and through others.
func withLinked(s *Store, record *Record, found []*Resource) []*Resource {
	for grown := true; grown; {
		grown = false
		for _, candidate := range record.patients() {
			if !slices.Contains(found, candidate) && slices.ContainsFunc(found, func(f *Resource) bool {
				return linksTo(s, f, candidate) || linksTo(s, candidate, f)
			}) {
				found, grown = append(found, candidate), true
			}
		}
	}
	return found
}

func linksTo(s *Store, from, to *Resource) bool {
	return slices.ContainsFunc(values(from.fields(), "link.other.reference"), func(ref any) bool {
		reference, _ := ref.(string)
		target, ok := s.resolve(reference)
		return ok && target.resource == to
	})
}
