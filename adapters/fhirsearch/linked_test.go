package fhirsearch_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const another = "9990000026"

// linking makes the region assert links, and its search bring linked records.
var linking = []string{
	"  page_size: 100", "  page_size: 100\n  links_asserted: true", "total_counts_matches: true", "total_counts_matches: false",
	"    medicines:", `    patient: {type: Patient, parameters: ["getAllLinkedPatients=true"]}` + "\n    medicines:",
}

// record is a Patient with links, each "type id".
func record(id, nhsNumber string, links ...string) string {
	identifier, other := "", ""
	if nhsNumber != "" {
		identifier = fmt.Sprintf(`"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q}],`, nhsNumber)
	}
	for i, l := range links {
		typ, to, _ := strings.Cut(l, " ")
		if i > 0 {
			other += ","
		}
		other += fmt.Sprintf(`{"type":%q,"other":{"reference":%q}}`, typ, to)
	}
	return fmt.Sprintf(`{"resource":{"resourceType":"Patient","id":%q,%s"link":[%s],"birthDate":"1950-01-02"},"search":{"mode":"match"}}`, id, identifier, other)
}

// linkedRegion answers a search for the number with some records, one for an id with that
// record, and one for allergies with an allergy of the record that is asked for.
func linkedRegion(t *testing.T, found []string, byID map[string]string, fails string) (s *server, client *http.Client, asked func() []string) {
	t.Helper()
	s, client = newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
		id := strings.TrimPrefix(r.Form.Get("patient"), "Patient/")
		switch {
		case strings.Contains(r.URL.Path, "/Patient/") && r.Form.Get("identifier") != "":
			_, _ = io.WriteString(w, bundle(len(found), "", found...))
		case strings.Contains(r.URL.Path, "/Patient/") && byID[r.Form.Get("_id")] != "":
			_, _ = io.WriteString(w, bundle(1, "", byID[r.Form.Get("_id")]))
		case strings.Contains(r.URL.Path, "/Patient/"):
			_, _ = io.WriteString(w, bundle(0, ""))
		case id == fails:
			w.WriteHeader(http.StatusInternalServerError)
		default:
			_, _ = io.WriteString(w, bundle(1, "", strings.ReplaceAll(allergy("of-"+id), "Patient/p1", "Patient/"+id)))
		}
	})
	return s, client, func() []string {
		var out []string
		for _, r := range *seen {
			if id := r.Form.Get("patient"); id != "" {
				out = append(out, strings.TrimPrefix(id, "Patient/"))
			}
		}
		slices.Sort(out)
		return out
	}
}

func TestRecordsOfOnePersonArePutTogether(t *testing.T) {
	const (
		returned = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
		partial  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID // of allergies
		mismatch = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
	)
	type gaps map[lhcrv1.GapKind]uint32
	linkedGap := lhcrv1.GapKind_GAP_KIND_LINKED_RECORD
	for name, c := range map[string]struct {
		found  []string
		byID   map[string]string
		fails  string
		asked  []string
		status lhcrv1.OutcomeStatus
		gaps   gaps
		said   bool // that several were put together
	}{
		"one": {[]string{record("p1", number)}, nil, "", []string{"p1"}, returned, nil, false},
		"two of the number": {
			[]string{record("p1", number), record("p2", number)}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"one without a number, linked by the other": {
			[]string{record("p1", number, "seealso Patient/p2"), record("p2", "")}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"one without a number that links to the other": {
			[]string{record("p1", number), record("p2", "", "refer Patient/p1")}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"a chain of links": {
			[]string{record("p1", number, "seealso Patient/p2"), record("p2", "", "seealso Patient/p3"), record("p3", "")}, nil, "", []string{"p1", "p2", "p3"}, returned, nil, true,
		},
		"links by another address of the region": {
			[]string{record("p1", number, "seealso https://internal.example/fhir/Patient/p2"), record("p2", "")}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"one without a number that nobody links": {
			[]string{record("p1", number), record("p2", "")}, nil, "", []string{"p1"}, partial, gaps{linkedGap: 1}, false,
		},
		"one of another number": {
			[]string{record("p1", number, "seealso Patient/p2"), record("p2", another)}, nil, "", []string{"p1"}, partial, gaps{linkedGap: 1}, false,
		},
		"one that only another number's record links": {
			[]string{record("p1", number, "seealso Patient/p2"), record("p2", another, "seealso Patient/p3"), record("p3", "")}, nil, "", []string{"p1"}, partial, gaps{linkedGap: 2}, false,
		},
		"merged away, of the same number": {
			[]string{record("p1", number, "replaces Patient/p2"), record("p2", number, "replaced-by Patient/p1")}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"merged into one without a number": {
			[]string{record("p1", number, "replaced-by Patient/p2"), record("p2", "")}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"merged away, without a number": {
			[]string{record("p1", number), record("p2", "", "replaced-by Patient/p1")}, nil, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"merged into one of another number": {
			[]string{record("p1", number, "replaced-by Patient/p2"), record("p2", another)}, nil, "", nil, mismatch, nil, false,
		},
		"linked, and only by its id": {
			[]string{record("p1", number, "seealso Patient/p2")}, map[string]string{"p2": record("p2", "")}, "", []string{"p1", "p2"}, returned, nil, true,
		},
		"linked, and not to be had": {
			[]string{record("p1", number, "seealso Patient/p2")}, nil, "", []string{"p1"}, partial, gaps{linkedGap: 0}, false,
		},
		"linked by name only": {
			[]string{record("p1", number, "seealso ")}, nil, "", []string{"p1"}, partial, gaps{linkedGap: 0}, false,
		},
		"merged into one that is not to be had": {
			[]string{record("p1", number, "replaced-by Patient/p2")}, nil, "", nil, mismatch, nil, false,
		},
		"one whose search fails": {
			[]string{record("p1", number, "seealso Patient/p2"), record("p2", "")}, nil, "p2", []string{"p1", "p2"}, partial,
			gaps{lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED: 0}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, client, asked := linkedRegion(t, c.found, c.byID, c.fails)
			r, err := configured(t, s, client, asIs, linking...)
			if err != nil {
				t.Fatal(err)
			}
			res := ask(t, r, []lhcrv1.Section{allergies})
			if diff := cmp.Diff(c.asked, asked()); diff != "" {
				t.Errorf("records asked for (-want +got):\n%s", diff)
			}
			o := res.GetOutcomes()[0]
			if o.GetStatus() != c.status {
				t.Errorf("%v, want %v", o, c.status)
			}
			got := gaps(nil)
			for _, g := range o.GetGaps() {
				if got == nil {
					got = gaps{}
				}
				got[g.GetKind()] += g.GetCount()
			}
			if diff := cmp.Diff(c.gaps, got); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
			if said := len(o.GetNotes()) > 0 && strings.Contains(o.GetNotes()[0].GetText(), "shown together"); said != c.said {
				t.Errorf("notes %v, want one of several records: %v", o.GetNotes(), c.said)
			}
			checkPeople(t, res, c.asked)
		})
	}
}

// checkPeople sees that who matched is told as the gateway's own check needs it: every
// record that was asked for is of the number, or of none and linked, and none of them superseded.
func checkPeople(t *testing.T, res *adapterv1.FetchResponse, asked []string) {
	t.Helper()
	for _, id := range asked {
		i := slices.IndexFunc(res.GetPatients(), func(p *adapterv1.MatchedPatient) bool { return p.GetSourceId() == id })
		if i < 0 {
			t.Errorf("%s is not among the patients", id)
			continue
		}
		p := res.GetPatients()[i]
		if p.GetSuperseded() && p.GetSupersededBy() != number || p.GetNhsNumber() != number && (p.GetNhsNumber() != "" || !p.GetLinkedByRegion()) {
			t.Errorf("%s is described as %v", id, p)
		}
	}
	for _, p := range res.GetPatients() {
		if !slices.Contains(asked, p.GetSourceId()) && p.GetNhsNumber() == "" {
			t.Errorf("a record that is not the person's is among the patients: %v", p)
		}
	}
}

func TestStrangersAreNotShownAmongTheDemographics(t *testing.T) {
	s, client, _ := linkedRegion(t, []string{record("p1", number), record("p2", ""), record("p3", another)}, nil, "")
	replacements := append([]string{"person_demographics: {not_supported: It does not give it.}", "person_demographics: {searches: [patient]}"}, linking...)
	r, err := configured(t, s, client, asIs, replacements...)
	if err != nil {
		t.Fatal(err)
	}
	res := ask(t, r, []lhcrv1.Section{lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS})
	for _, p := range res.GetRecord().GetPersonDemographics() {
		if id := p.GetHeader().GetSourceId(); id != "p1" {
			t.Errorf("%s is shown", id)
		}
	}
	if n := len(res.GetRecord().GetPersonDemographics()); n != 1 {
		t.Errorf("%d people are shown, want the one", n)
	}
}

// A handle names the records that there were: where another is linked since, or one no
// longer, the patient is looked for anew.
func TestHandleOfRecordsThatChanged(t *testing.T) {
	byID := map[string]string{"p1": record("p1", number, "seealso Patient/p2"), "p2": record("p2", "")}
	s, client, asked := linkedRegion(t, []string{byID["p1"], byID["p2"]}, byID, "")
	r, err := configured(t, s, client, asIs, linking...)
	if err != nil {
		t.Fatal(err)
	}
	query := &lhcrv1.PatientQuery{NhsNumber: number}
	located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: query})
	if err != nil || len(located.GetHandle()) == 0 {
		t.Fatalf("%v, %v", located, err)
	}
	fetch := func() []string {
		t.Helper()
		before := len(asked())
		if _, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{Patient: query, Sections: []lhcrv1.Section{allergies}, Handle: located.GetHandle()}); err != nil {
			t.Fatal(err)
		}
		return asked()[before:]
	}
	if n := len(fetch()); n != 2 {
		t.Errorf("with the handle %d searches, want one for each record", n)
	}
	byID["p1"] = record("p1", number) // the link is gone
	if n := len(fetch()); n != 4 {
		t.Errorf("with the handle of what changed %d searches, want those and two anew", n)
	}
}

func TestRecordsThatAreLeftOutGiveNoHandle(t *testing.T) {
	s, client, _ := linkedRegion(t, []string{record("p1", number), record("p2", "")}, nil, "")
	r, err := configured(t, s, client, asIs, linking...)
	if err != nil {
		t.Fatal(err)
	}
	located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}})
	if err != nil || located.GetHolding() != adapterv1.Holding_HOLDING_HELD || len(located.GetHandle()) > 0 {
		t.Errorf("%v, %v", located, err)
	}
}

func TestLinkedRecordsAreAskedForWhateverSectionIsAsked(t *testing.T) {
	s, client := newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, bundle(0, "")) })
	r, err := configured(t, s, client, asIs, linking...)
	if err != nil {
		t.Fatal(err)
	}
	ask(t, r, []lhcrv1.Section{allergies})
	if len(*seen) != 1 || (*seen)[0].Form.Get("getAllLinkedPatients") != "true" {
		t.Errorf("%d requests, the first with %v", len(*seen), (*seen)[0].Form)
	}
}
