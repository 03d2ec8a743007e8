package part_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// with changes a copy of an outcome.
func with(o *lhcrv1.SectionOutcome, change func(*lhcrv1.SectionOutcome)) *lhcrv1.SectionOutcome {
	changed := proto.CloneOf(o)
	change(changed)
	return changed
}

func gapped(o *lhcrv1.SectionOutcome)   { o.Gaps = []*lhcrv1.Gap{{Kind: missing}} }
func warned(o *lhcrv1.SectionOutcome)   { o.Warnings = []*lhcrv1.Warning{{Text: "in transit"}} }
func cut(o *lhcrv1.SectionOutcome)      { o.Truncated = true }
func narrated(o *lhcrv1.SectionOutcome) { o.Narratives = []*lhcrv1.Narrative{{Text: "words"}} }
func dangling(o *lhcrv1.SectionOutcome) { o.Counts = &lhcrv1.ListCounts{Listed: 2, Unresolved: 1} }

func TestTheStatusNeverSaysMoreThanIsDelivered(t *testing.T) {
	one := &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy("a1")}, Problems: []*lhcrv1.Problem{problem("p1")}}
	stated := &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{noKnownAllergy("a1")}}
	retracted := &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{noKnownAllergy("a1")}}
	retracted.Allergies[0].Header.Retracted = true
	flagged := func(f lhcrv1.Flag) *lhcrv1.Record {
		r := &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{noKnownAllergy("a1")}}
		r.Allergies[0].Header.Flags = []lhcrv1.Flag{f}
		return r
	}
	contradicted := &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{noKnownAllergy("a1"), allergy("a2")}}
	alsoThere := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1", allergies)}}
	beside := &lhcrv1.Record{Allergies: stated.Allergies, Problems: alsoThere.Problems}
	noProblem := &lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: header("p1", matches)}}}

	tests := map[string]struct {
		record *lhcrv1.Record
		given  *lhcrv1.SectionOutcome
		want   lhcrv1.OutcomeStatus
	}{
		"items":                                  {one, outcome(problems, returned), returned},
		"items and a gap":                        {one, with(outcome(problems, returned), gapped), returned},
		"items and a warning":                    {one, with(outcome(problems, returned), warned), returned},
		"items announced, none there":            {nil, outcome(problems, returned), invalid},
		"items announced, words there":           {nil, with(outcome(problems, returned), narrated), asText},
		"words only":                             {nil, with(outcome(problems, asText), narrated), asText},
		"words announced, none there":            {nil, outcome(problems, asText), invalid},
		"words and items":                        {one, with(outcome(problems, asText), narrated), returned},
		"nothing":                                {nil, outcome(problems, nothing), nothing},
		"nothing and a warning":                  {nil, with(outcome(problems, nothing), warned), nothing},
		"nothing and a gap":                      {nil, with(outcome(problems, nothing), gapped), invalid},
		"nothing, cut short":                     {nil, with(outcome(problems, nothing), cut), invalid},
		"nothing announced, items there":         {one, outcome(problems, nothing), returned},
		"not held":                               {nil, outcome(problems, notHeld), notHeld},
		"not held, items there":                  {one, outcome(problems, notHeld), invalid},
		"withheld":                               {nil, outcome(problems, withheld), withheld},
		"withheld, kept elsewhere too":           {alsoThere, outcome(allergies, withheld), withheld},
		"no status":                              {one, outcome(problems, 0), invalid},
		"a status of tomorrow":                   {one, outcome(problems, 99), invalid},
		"none stated":                            {stated, outcome(allergies, none), none},
		"none stated of problems":                {noProblem, outcome(problems, none), none},
		"none stated by nobody":                  {nil, outcome(allergies, none), invalid},
		"none stated and a warning":              {stated, with(outcome(allergies, none), warned), returned},
		"none stated and a gap":                  {stated, with(outcome(allergies, none), gapped), invalid},
		"none stated of problems and a gap":      {noProblem, with(outcome(problems, none), gapped), returned},
		"none stated, then taken back":           {retracted, outcome(allergies, none), returned},
		"none stated beside a text":              {stated, with(outcome(allergies, none), narrated), returned},
		"none stated with an unread modifier":    {flagged(lhcrv1.Flag_FLAG_MODIFIER_UNREAD), outcome(allergies, none), returned},
		"none stated and refuted":                {flagged(lhcrv1.Flag_FLAG_REFUTED), outcome(allergies, none), returned},
		"none stated by codes that disagree":     {flagged(lhcrv1.Flag_FLAG_CODINGS_DISAGREE), outcome(allergies, none), returned},
		"none stated, of no doubt":               {flagged(lhcrv1.Flag_FLAG_UNLISTED), outcome(allergies, none), none},
		"none stated beside an allergy":          {contradicted, outcome(allergies, none), returned},
		"none stated, a problem says otherwise":  {beside, outcome(allergies, none), returned},
		"allergies":                              {one, outcome(allergies, returned), returned},
		"allergies and a warning":                {one, with(outcome(allergies, returned), warned), returned},
		"allergies and a gap":                    {one, with(outcome(allergies, returned), gapped), invalid},
		"allergies cut short":                    {one, with(outcome(allergies, returned), cut), invalid},
		"allergies, an entry that leads nowhere": {one, with(outcome(allergies, returned), dangling), invalid},
		"allergies as text and a gap":            {nil, with(with(outcome(allergies, asText), narrated), gapped), invalid},
		"allergies kept under problems only":     {alsoThere, outcome(allergies, nothing), returned},
		"allergies unavailable with a gap":       {nil, with(outcome(allergies, withheld), gapped), withheld},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res := &adapterv1.FetchResponse{Record: proto.CloneOf(test.record), Outcomes: []*lhcrv1.SectionOutcome{test.given}}
			p := encode(res)[test.given.GetSection()]
			if p.Status != test.want || outcomeOf(t, p).GetStatus() != test.want {
				t.Errorf("status is %v in the index and %v in the outcome, want %v", p.Status, outcomeOf(t, p).GetStatus(), test.want)
			}
			if p.Status == invalid && !p.Flawed && !test.given.GetTruncated() && test.given.GetCounts() == nil {
				t.Error("the section is invalid and no gap says why")
			}
		})
	}
}

// A partial allergy list is delivered: hiding a known allergy would be worse.
func TestAPartialAllergyListIsInvalidAndDelivered(t *testing.T) {
	res := &adapterv1.FetchResponse{
		Record:   &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy("penicillin"), {Header: header("another's", unchecked)}}},
		Outcomes: []*lhcrv1.SectionOutcome{outcome(allergies, returned)},
	}
	p := encode(res)[allergies]
	if diff := cmp.Diff([]string{"penicillin"}, idsOf(p)); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if p.Status != invalid || gapsOf(t, p)[otherPerson] != 1 {
		t.Errorf("status is %v with gaps %v, want INVALID and its gap", p.Status, gapsOf(t, p))
	}
}

func TestAnOutcomeTooLargeOrGarbledSaysSo(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	tests := map[string]struct {
		given  *lhcrv1.SectionOutcome
		status lhcrv1.OutcomeStatus
		gap    lhcrv1.GapKind
	}{
		"narrative": {with(outcome(problems, asText), func(o *lhcrv1.SectionOutcome) { o.Narratives = []*lhcrv1.Narrative{{Text: long}} }), invalid, tooLarge},
		"note":      {with(outcome(problems, nothing), func(o *lhcrv1.SectionOutcome) { o.Notes = []*lhcrv1.Note{{Text: long}} }), invalid, tooLarge},
		"warning":   {with(outcome(problems, nothing), func(o *lhcrv1.SectionOutcome) { o.Warnings = []*lhcrv1.Warning{{Text: long}} }), invalid, tooLarge},
		"no UTF-8":  {with(outcome(problems, nothing), func(o *lhcrv1.SectionOutcome) { o.SourceLag = "\xff" }), invalid, malformed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := part.OfOutcome(test.given)
			if len(p.Outcome) > part.MaxItemBytes {
				t.Errorf("the outcome has %d bytes", len(p.Outcome))
			}
			if _, ok := gapsOf(t, p)[test.gap]; !ok || p.Status != test.status || outcomeOf(t, p).GetSection() != problems {
				t.Errorf("status is %v with gaps %v, want %v and %v", p.Status, gapsOf(t, p), test.status, test.gap)
			}
		})
	}
}

func TestAListOfUnusedResourcesWithoutEndIsReplaced(t *testing.T) {
	res := &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, nothing)}}
	for range 100_000 {
		res.Reported = append(res.Reported, &lhcrv1.ReportedResources{SourceType: "Device", Reason: "not known"})
	}
	p := encode(res)[problems]
	report := &lhcrv1.RegionReport{}
	if err := proto.Unmarshal(p.Report, report); err != nil {
		t.Fatal(err)
	}
	if len(report.GetReported()) != 1 || report.GetReported()[0].GetCount() != 100_000 {
		t.Errorf("%d entries are reported, want one that counts them", len(report.GetReported()))
	}
}
