package fhirserver

import (
	"fmt"
	"strings"
)

// Store holds the records of one region. It does not change once made, so it may be read concurrently.
type Store struct {
	records  []*Record
	byNumber map[string]*Record
	byRef    map[string]held
}

type held struct {
	resource *Resource
	record   *Record
}

// NewStore indexes the records. Two resources of one type and id, or two records of one NHS number, are an error.
func NewStore(records []*Record) (*Store, error) {
	s := &Store{records: records, byNumber: map[string]*Record{}, byRef: map[string]held{}}
	for _, record := range records {
		if err := s.add(record); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Store) add(record *Record) error {
	if record.NHSNumber != "" {
		if s.byNumber[record.NHSNumber] != nil {
			return fmt.Errorf("fhirserver: two records of one NHS number")
		}
		s.byNumber[record.NHSNumber] = record
	}
	for _, resource := range record.Resources {
		ref := resource.Reference()
		if ref == "" {
			continue
		}
		if _, taken := s.byRef[ref]; taken {
			return fmt.Errorf("fhirserver: two resources %s", ref)
		}
		s.byRef[ref] = held{resource, record}
	}
	return nil
}

// resolve follows a relative or absolute reference. Contained, urn and logical references lead nowhere.
func (s *Store) resolve(reference string) (held, bool) {
	reference, _, _ = strings.Cut(reference, "/_history/")
	parts := strings.Split(reference, "/")
	if len(parts) < 2 {
		return held{}, false
	}
	found, ok := s.byRef[parts[len(parts)-2]+"/"+parts[len(parts)-1]]
	return found, ok
}

// other gives the record of somebody else: the next one with an NHS number, if there is one with something of the type.
func (s *Store) other(record *Record, typ string) *Record {
	found, after := record, record == nil
	for _, candidate := range append(s.records, s.records...) {
		if after && candidate != record && s.isPlain(candidate) {
			if len(candidate.ofType(typ)) > 0 {
				return candidate
			}
			if found == record {
				found = candidate
			}
		}
		after = after || candidate == record
	}
	return found
}

// isPlain tells whether the record's patient carries the number that the record is filed under.
func (s *Store) isPlain(record *Record) bool {
	patients := record.patients()
	return record.NHSNumber != "" && len(patients) > 0 &&
		strings.Contains(string(patients[0].Raw), record.NHSNumber)
}
