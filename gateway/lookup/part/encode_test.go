package part_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	problems    = lhcrv1.Section_SECTION_PROBLEMS

	returned = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	none     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	withheld = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	invalid  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID

	otherPerson = lhcrv1.GapKind_GAP_KIND_OTHER_PERSON
	tooLarge    = lhcrv1.GapKind_GAP_KIND_TOO_LARGE
	unreadable  = lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE
	malformed   = lhcrv1.GapKind_GAP_KIND_MALFORMED
	missing     = lhcrv1.GapKind_GAP_KIND_ITEM_MISSING
	linkedGap   = lhcrv1.GapKind_GAP_KIND_LINKED_RECORD

	matches    = lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH
	unresolved = lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED
	unchecked  = lhcrv1.SubjectCheck_SUBJECT_CHECK_UNSPECIFIED
)

var retrieved = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

func header(id string, check lhcrv1.SubjectCheck, also ...lhcrv1.Section) *lhcrv1.ItemHeader {
	return &lhcrv1.ItemHeader{ItemId: id, SubjectCheck: check, AlsoUnder: also}
}

func allergy(id string) *lhcrv1.Allergy { return &lhcrv1.Allergy{Header: header(id, matches)} }

func noKnownAllergy(id string) *lhcrv1.Allergy {
	a := allergy(id)
	a.Absence = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY
	return a
}

func problem(id string, also ...lhcrv1.Section) *lhcrv1.Problem {
	return &lhcrv1.Problem{Header: header(id, matches, also...)}
}

func outcome(section lhcrv1.Section, status lhcrv1.OutcomeStatus) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{Section: section, Status: status}
}

// encode encodes what a region answers for the sections of its outcomes.
func encode(res *adapterv1.FetchResponse) map[lhcrv1.Section]*part.Part {
	var asked []lhcrv1.Section
	for _, o := range res.GetOutcomes() {
		asked = append(asked, o.GetSection())
	}
	parts := map[lhcrv1.Section]*part.Part{}
	for _, p := range part.Encode(part.Answer{Region: "dorset", Sections: asked, Response: res, Retrieved: retrieved}) {
		parts[p.Section] = p
	}
	return parts
}

// outcomeOf reads a part's outcome, for the test only.
func outcomeOf(t *testing.T, p *part.Part) *lhcrv1.SectionOutcome {
	t.Helper()
	o := &lhcrv1.SectionOutcome{}
	if err := proto.Unmarshal(p.Outcome, o); err != nil {
		t.Fatal(err)
	}
	return o
}

func gapsOf(t *testing.T, p *part.Part) map[lhcrv1.GapKind]uint32 {
	t.Helper()
	gaps := map[lhcrv1.GapKind]uint32{}
	for _, g := range outcomeOf(t, p).GetGaps() {
		gaps[g.GetKind()] = g.GetCount()
	}
	return gaps
}

func idsOf(p *part.Part) []string {
	ids := []string{}
	for _, i := range p.Items {
		ids = append(ids, i.ID)
	}
	return ids
}

func TestItemsGoIntoThePartsOfTheirSections(t *testing.T) {
	record := &lhcrv1.Record{
		Allergies: []*lhcrv1.Allergy{allergy("a1"), allergy("a2")},
		Problems:  []*lhcrv1.Problem{problem("p1"), problem("p2", allergies)},
		Alerts:    []*lhcrv1.Alert{{Header: header("not asked for", matches)}},
	}
	parts := encode(&adapterv1.FetchResponse{Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(allergies, returned), outcome(problems, returned)}})
	if diff := cmp.Diff([]string{"a1", "a2", "p2"}, idsOf(parts[allergies])); diff != "" {
		t.Errorf("allergies (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"p1", "p2"}, idsOf(parts[problems])); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	shared := parts[allergies].Items[2]
	if &shared.Encoded[0] != &parts[problems].Items[1].Encoded[0] {
		t.Error("an item of two sections was encoded twice")
	}
	read := &lhcrv1.Record{}
	if err := proto.Unmarshal(shared.Encoded, read); err != nil {
		t.Fatal(err)
	}
	want := problem("p2", allergies)
	want.Header.RegionId, want.Header.Section = "dorset", problems
	if diff := cmp.Diff(&lhcrv1.Record{Problems: []*lhcrv1.Problem{want}}, read, protocmp.Transform()); diff != "" {
		t.Errorf("the item as it stands in a Record (-want +got):\n%s", diff)
	}
}

func TestOnlyItemsAboutThePersonStay(t *testing.T) {
	tests := map[string]struct {
		check lhcrv1.SubjectCheck
		stays bool
	}{
		"found to match":        {matches, true},
		"could not be resolved": {unresolved, true},
		"never checked":         {unchecked, false},
		"a check of tomorrow":   {99, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			record := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1"), {Header: header("x", test.check, allergies)}}}
			parts := encode(&adapterv1.FetchResponse{Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(allergies, nothing), outcome(problems, returned)}})
			want := map[lhcrv1.GapKind]uint32{}
			if !test.stays {
				want[otherPerson] = 1
			}
			for section, p := range parts {
				if diff := cmp.Diff(want, gapsOf(t, p)); diff != "" {
					t.Errorf("gaps of %v (-want +got):\n%s", section, diff)
				}
				if got := len(p.Items) > 0 && p.Items[len(p.Items)-1].ID == "x"; got != test.stays {
					t.Errorf("%v: the item stays is %t, want %t", section, got, test.stays)
				}
				if p.Flawed == test.stays {
					t.Errorf("%v: flawed is %t", section, p.Flawed)
				}
			}
		})
	}
	record := &lhcrv1.Record{Problems: []*lhcrv1.Problem{{}, nil, problem("p1")}}
	parts := encode(&adapterv1.FetchResponse{Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, returned)}})
	if got := gapsOf(t, parts[problems])[otherPerson]; got != 2 {
		t.Errorf("%d items without header were counted, want 2", got)
	}
}

func TestWhatCannotBeDeliveredIsAGap(t *testing.T) {
	huge := problem("huge")
	huge.OnsetText = strings.Repeat("x", 1<<20)
	garbled := problem("garbled")
	garbled.OnsetText = "\xff"
	record := &lhcrv1.Record{Problems: []*lhcrv1.Problem{huge, problem("p1"), garbled}}
	res := &adapterv1.FetchResponse{
		Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, returned)},
		Links: []*lhcrv1.ItemLink{
			{FromItemId: "p1", Unresolved: strings.Repeat("x", 1<<20)}, {FromItemId: "huge", ToItemId: "p1"}, {FromItemId: "p1", Label: "\xff"},
		},
		Sources: []*lhcrv1.SourceResource{{ItemId: "p1", Content: make([]byte, 1<<20)}, {ItemId: "nobody"}},
	}
	p := encode(res)[problems]
	if diff := cmp.Diff([]string{"p1"}, idsOf(p)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if len(p.Links)+len(p.Sources) != 0 {
		t.Errorf("%d links and %d sources stay, want none", len(p.Links), len(p.Sources))
	}
	if diff := cmp.Diff(map[lhcrv1.GapKind]uint32{tooLarge: 3, unreadable: 2}, gapsOf(t, p)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

func TestAnItemOfTheLargestSizeStays(t *testing.T) {
	largest := problem("p1")
	largest.Header.RegionId, largest.Header.Section = "dorset", problems
	largest.OnsetText = strings.Repeat("x", part.MaxItemBytes)
	largest.OnsetText = largest.OnsetText[proto.Size(largest)-part.MaxItemBytes:]
	for _, extra := range []string{"", "x"} {
		item := proto.CloneOf(largest)
		item.OnsetText += extra
		p := encode(&adapterv1.FetchResponse{Record: &lhcrv1.Record{Problems: []*lhcrv1.Problem{item}}, Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, returned)}})[problems]
		if stays := len(p.Items) == 1; stays != (extra == "") {
			t.Errorf("an item of %d bytes: stays is %t", proto.Size(item), stays)
		}
	}
}

func TestLinksAndSourcesFollowTheirItem(t *testing.T) {
	res := &adapterv1.FetchResponse{
		Record:   &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1", allergies), problem("p2")}},
		Outcomes: []*lhcrv1.SectionOutcome{outcome(allergies, returned), outcome(problems, returned)},
		Links: []*lhcrv1.ItemLink{
			{FromItemId: "p1", ToItemId: "p2"}, {FromItemId: "p2", Unresolved: "a sentence"}, {FromItemId: "nobody", ToItemId: "p1"}, {ToItemId: "p1"},
		},
		Sources: []*lhcrv1.SourceResource{{ItemId: "p2"}, {ItemId: "p1", Content: []byte("{}")}},
	}
	parts := encode(res)
	links := func(section lhcrv1.Section) (ends []string) {
		for _, l := range parts[section].Links {
			ends = append(ends, l.From+">"+l.To)
		}
		return ends
	}
	if diff := cmp.Diff([]string{"p1>p2"}, links(allergies)); diff != "" {
		t.Errorf("links of the allergies (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"p1>p2", "p2>"}, links(problems)); diff != "" {
		t.Errorf("links of the problems (-want +got):\n%s", diff)
	}
	if got := len(parts[allergies].Sources); got != 1 || parts[allergies].Sources[0].ItemID != "p1" {
		t.Errorf("the allergies have %d sources, want that of p1", got)
	}
	if got := len(parts[problems].Sources); got != 2 {
		t.Errorf("the problems have %d sources, want 2", got)
	}
}

func TestACourseNeedsTheItemsItNames(t *testing.T) {
	record := &lhcrv1.Record{
		Medications: []*lhcrv1.Medication{{Header: header("plan", matches)}, {Header: header("issue", unchecked)}},
		MedicationCourses: []*lhcrv1.MedicationCourse{{
			CourseId: "c1", RootItemId: "plan", PlanItemId: "plan", IssueItemIds: []string{"issue"}, ReplacesItemIds: []string{"never sent"},
		}},
	}
	p := encode(&adapterv1.FetchResponse{Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(medications, returned)}})[medications]
	course := p.Items[len(p.Items)-1]
	if diff := cmp.Diff([]string{"plan", "plan", "issue"}, course.Needs); diff != "" {
		t.Errorf("the course needs (-want +got):\n%s", diff)
	}
	if course.Field != 101 || course.ID != "" {
		t.Errorf("the course stands in field %d under id %q", course.Field, course.ID)
	}
}

func TestEveryFieldOfARecordBelongsToASection(t *testing.T) {
	sections := lhcrv1.Section_SECTION_UNSPECIFIED.Descriptor().Values()
	var outcomes []*lhcrv1.SectionOutcome
	for i := 1; i < sections.Len(); i++ {
		outcomes = append(outcomes, outcome(lhcrv1.Section(sections.Get(i).Number()), returned))
	}
	fields := (&lhcrv1.Record{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		record := &lhcrv1.Record{}
		list := record.ProtoReflect().Mutable(fields.Get(i)).List()
		item := list.AppendMutable().Message()
		if field := item.Descriptor().Fields().ByName("header"); field != nil {
			check := item.Mutable(field).Message()
			check.Set(check.Descriptor().Fields().ByName("subject_check"), protoreflect.ValueOfEnum(matches.Number()))
		}
		holders := 0
		for _, p := range encode(&adapterv1.FetchResponse{Record: record, Outcomes: outcomes}) {
			holders += len(p.Items)
		}
		if holders != 1 {
			t.Errorf("an item of %s is in %d parts, want 1", fields.Get(i).Name(), holders)
		}
	}
}

func TestAnOutcomeIsCompletedAndScrubbed(t *testing.T) {
	given := outcome(problems, nothing)
	given.Message = "asked https://region.invalid/Patient/9990000018 on 1951-04-17"
	given.Warnings = []*lhcrv1.Warning{{Text: "in transit since 2026-11-01"}}
	parts := part.Encode(part.Answer{
		Region: "dorset", Sections: []lhcrv1.Section{problems}, Retrieved: retrieved, Lag: "a day", LinkedLeftOut: 2,
		Response: &adapterv1.FetchResponse{
			Outcomes: []*lhcrv1.SectionOutcome{given}, Reported: []*lhcrv1.ReportedResources{{SourceType: "Device", Count: 3}},
		},
	})
	want := &lhcrv1.SectionOutcome{
		RegionId: "dorset", Section: problems, Status: invalid, Message: "asked [address] on [date]",
		Warnings:    []*lhcrv1.Warning{{Text: "in transit since 2026-11-01"}},
		Gaps:        []*lhcrv1.Gap{{Kind: linkedGap, Count: 2}},
		RetrievedAt: timestamppb.New(retrieved), SourceLag: "a day",
	}
	if diff := cmp.Diff(want, outcomeOf(t, parts[0]), protocmp.Transform(), protocmp.IgnoreFields(&lhcrv1.Gap{}, "message")); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	report := &lhcrv1.RegionReport{}
	if err := proto.Unmarshal(parts[0].Report, report); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&lhcrv1.RegionReport{Reported: []*lhcrv1.ReportedResources{{SourceType: "Device", Count: 3}}}, report, protocmp.Transform()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

// An adapter that tells of the linked records that were left out is not told over again.
func TestLinkedRecordsThatWereLeftOutAreToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		told []*lhcrv1.Gap
		want []uint32
	}{
		"the adapter is silent":      {nil, []uint32{2}},
		"it tells of both":           {[]*lhcrv1.Gap{{Kind: linkedGap, Count: 2}}, []uint32{2}},
		"it tells of one":            {[]*lhcrv1.Gap{{Kind: linkedGap}}, []uint32{0, 1}},
		"it tells of more":           {[]*lhcrv1.Gap{{Kind: linkedGap, Count: 1}, {Kind: linkedGap, Count: 3}}, []uint32{1, 3}},
		"it tells of something else": {[]*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_TIMED_OUT, Count: 9}}, []uint32{9, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			given := outcome(problems, returned)
			given.Gaps = c.told
			parts := part.Encode(part.Answer{
				Region: "dorset", Sections: []lhcrv1.Section{problems}, Retrieved: retrieved, LinkedLeftOut: 2,
				Response: &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{given}},
			})
			var got []uint32
			for _, g := range outcomeOf(t, parts[0]).GetGaps() {
				got = append(got, g.GetCount())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("counts of gaps (-want +got):\n%s", diff)
			}
		})
	}
}
