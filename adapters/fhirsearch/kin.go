package fhirsearch

import (
	"maps"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// kin is which records of an answer a region says are one person's, by the links between
// them (FHIR Patient.link: seealso, replaces, replaced-by, refer).
type kin struct {
	// tied are the ids of the records that links tie, over however many others, to one that
	// carries the number asked for.
	tied map[string]bool
	// merged are records that were merged into another of the same person: by their id, the
	// NHS number that took the place of theirs, empty when theirs stands.
	merged map[string]string
	// others are the ids of records that do not carry the number asked for and may carry
	// another, or are of somebody born on another day.
	others map[string]bool
	// absent are the ids of records that are linked and did not come.
	absent []string
	// nowhere counts links that lead nowhere one could follow.
	nowhere int
}

// kinOf reads the links of the patients of an answer.
func kinOf(pages [][]byte, number string, now time.Time) kin {
	b := answer.NewBuilder(answer.Options{NHSNumber: number, LinksAsserted: true, Now: now})
	for _, page := range pages {
		_ = b.Add(page) // a page that cannot be read is told of by who reads the answer
	}
	f := family{number: number, byID: map[string]*answer.Patient{}, links: map[string][]string{}}
	patients := b.Build().Patients()
	for _, p := range patients {
		f.add(p)
	}
	out := kin{tied: map[string]bool{}, others: map[string]bool{}, merged: map[string]string{}, nowhere: f.nowhere}
	f.walk(&out)
	for _, p := range patients {
		f.merge(p, &out)
		if p.Other {
			out.others[p.Entry.ID] = true
		}
	}
	return out
}

// family is the records of an answer and the links between them, either way.
type family struct {
	number  string
	byID    map[string]*answer.Patient
	links   map[string][]string
	nowhere int
}

func (f *family) add(p *answer.Patient) {
	f.byID[p.Entry.ID] = p
	for i := range p.Links {
		to := linkedID(&p.Links[i])
		if to == "" {
			if f.admits(p) {
				f.nowhere++
			}
			continue
		}
		f.links[p.Entry.ID] = append(f.links[p.Entry.ID], to)
		f.links[to] = append(f.links[to], p.Entry.ID)
	}
}

// linkedID is the id of the record that a link leads to. Empty for one that names none.
func linkedID(link *model.PatientLink) string {
	t := link.Other.Target()
	if t.Type != "" && t.Type != patientType {
		return ""
	}
	return t.ID
}

// admits reports a record of the number asked for or of none: what another number's
// record links to says nothing of this person.
func (f *family) admits(p *answer.Patient) bool {
	return f.owns(p) || len(p.Numbers)+len(p.Former) == 0 && !p.Other
}

// owns reports a record of the number asked for, and of no other that would be as current.
func (f *family) owns(p *answer.Patient) bool { return p.Has(f.number) && !p.Conflicting }

// walk goes along the links from the records that carry the number.
func (f *family) walk(out *kin) {
	var next []string
	for _, id := range slices.Sorted(maps.Keys(f.byID)) {
		if f.owns(f.byID[id]) {
			next = append(next, id)
		}
	}
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		if out.tied[id] {
			continue
		}
		out.tied[id] = true
		p := f.byID[id]
		switch {
		case p == nil:
			out.absent = append(out.absent, id)
		case f.admits(p):
			next = append(next, f.links[id]...)
		}
	}
}

// merge notes a record that links say was merged into others, as far as those came.
func (f *family) merge(p *answer.Patient, out *kin) {
	into := ""
	for i := range p.Links {
		if p.Links[i].Type != "replaced-by" {
			continue
		}
		other := f.byID[linkedID(&p.Links[i])]
		if other == nil {
			return
		}
		if n := other.Number(); n != "" && !other.Has(f.number) {
			into = n
		}
		out.merged[p.Entry.ID] = into
	}
}

// settled are the patients of an answer with what the links say of them: a record that was
// merged into another of the same number has lost no number.
func (k kin) settled(patients []*adapterv1.MatchedPatient) {
	for _, p := range patients {
		if into, ok := k.merged[p.GetSourceId()]; ok {
			p.Superseded, p.SupersededBy = into != "", into
		}
	}
}
