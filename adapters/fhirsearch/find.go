package fhirsearch

import (
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// find finds the patient's records: by a search for the NHS number, or by asking the
// region's patient index first, and by following what links the region leaves open.
func (r *Region) find(ctx context.Context, s *session, what definition.Search, number string) found {
	var came found
	if r.definition.FHIR.Patient == "pixm" {
		came = s.crossReferenced(ctx, what, number)
	} else {
		came = s.search(ctx, what, "identifier", answer.NHSNumberSystem+"|"+number)
	}
	if r.definition.FHIR.LinksAsserted && len(what.Parameters) > 0 {
		r.follow(ctx, s, what, number, &came)
	}
	return came
}

// linkRounds bounds how far links are followed from record to record.
const linkRounds = 3

// follow gets the records to which links lead and that did not come with the answer of a
// region whose search is told to bring them (Graphnet's getAllLinkedPatients): one that it
// leaves out all the same may hold what the others do not.
func (r *Region) follow(ctx context.Context, s *session, what definition.Search, number string, came *found) {
	var tried []string
	for range linkRounds {
		kin := kinOf(came.pages, number, r.client.now())
		absent := slices.DeleteFunc(kin.absent, func(id string) bool { return slices.Contains(tried, id) })
		if kin.nowhere > 0 {
			came.miss()
		}
		if len(absent) == 0 {
			return
		}
		if len(tried)+len(absent) > maxRecords {
			came.miss()
			return
		}
		tried = append(tried, absent...)
		for _, further := range s.run(ctx, s.byIDs(what, absent)) {
			came.add(further)
			if further.matches == 0 {
				came.miss()
			}
		}
	}
	came.miss()
}

// miss notes that a record which the region links to the person did not come.
func (f *found) miss() {
	if f.failure == nil {
		f.failure = invalid(lhcrv1.GapKind_GAP_KIND_LINKED_RECORD, "a record that the region links to this person did not come")
	}
}

// byIDs are searches for the patient's records by their ids. What else the search for a
// patient asks for, but for what comes with him, goes with a search for people.
func (s *session) byIDs(what definition.Search, ids []string) []job {
	what.Parameters = nil
	out := make([]job, len(ids))
	for i, id := range ids {
		out[i] = job{search: what, name: "_id", value: id}
	}
	return out
}
