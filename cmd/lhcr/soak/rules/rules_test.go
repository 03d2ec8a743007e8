package rules_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	returned  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	none      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	down      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	mismatch  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
	allergies = lhcrv1.Section_SECTION_ALLERGIES
	problems  = lhcrv1.Section_SECTION_PROBLEMS
	complete  = lhcrv1.Completeness_COMPLETENESS_COMPLETE
	partial   = lhcrv1.Completeness_COMPLETENESS_PARTIAL
	keep      = 10 * time.Minute
)

var (
	sections = []lhcrv1.Section{allergies, problems}
	regions  = []string{"east", "west"}
)

// noon is when everything happens.
func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func header(region, id string, s lhcrv1.Section) *lhcrv1.ItemHeader {
	return &lhcrv1.ItemHeader{RegionId: region, ItemId: id, Section: s}
}

// held is what the regions hold of a patient: an allergy and a problem in the east, and
// in the west an assertion that there is no allergy, and no problem.
func held(tag string) *lhcrv1.GetRecordResponse {
	return &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{
			Allergies: []*lhcrv1.Allergy{
				{Header: header("east", "a", allergies), Code: &lhcrv1.Concept{Display: "penicillin of " + tag}},
				{Header: header("west", "a", allergies), Code: &lhcrv1.Concept{Display: "none of " + tag}},
			},
			Problems: []*lhcrv1.Problem{{Header: header("east", "p", problems), Code: &lhcrv1.Concept{Display: "gout of " + tag}}},
		},
		Outcomes: []*lhcrv1.SectionOutcome{
			outcome("east", allergies, returned), outcome("east", problems, returned),
			outcome("west", allergies, none), outcome("west", problems, nothing),
		},
		Completeness: complete,
		Links:        []*lhcrv1.ItemLink{{RegionId: "east", FromItemId: "a", ToItemId: "p"}, {RegionId: "east", FromItemId: "a", Unresolved: "elsewhere"}},
	}
}

func outcome(region string, s lhcrv1.Section, status lhcrv1.OutcomeStatus) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{RegionId: region, Section: s, Status: status, RetrievedAt: timestamppb.New(noon())}
}

// court is a judge who knows two patients, and the truth about the first.
func court() (*rules.Judge, rules.Question) {
	j := rules.NewJudge(keep)
	truth := rules.Learn(held("one"))
	j.Knows(1, truth)
	j.Knows(2, rules.Learn(held("two")))
	q := rules.Question{Patient: 1, Regions: regions, Sections: sections, Who: "ann", View: "ann, all", MaxAge: -1, Truth: truth}
	j.Asking(q, noon().Add(-time.Hour))
	return j, q
}

// fromCache makes an outcome one of the cache, of a certain age when it was sent.
func fromCache(o *lhcrv1.SectionOutcome, age time.Duration) {
	o.FromCache, o.Age, o.RetrievedAt = true, durationpb.New(age), timestamppb.New(noon().Add(-age))
}

func judged(t *testing.T, change func(*rules.Judge, *rules.Answer)) []rules.Rule {
	t.Helper()
	j, q := court()
	a := rules.Answer{Question: q, Sent: noon(), Received: noon().Add(5 * time.Millisecond), Response: held("one")}
	change(j, &a)
	return names(j.Check(a))
}

func names(found []rules.Violation) []rules.Rule {
	var all []rules.Rule
	for _, v := range found {
		all = append(all, v.Rule)
	}
	slices.Sort(all)
	return all
}

func TestBrokenAnswersAreCaught(t *testing.T) {
	tests := map[string]struct {
		change func(*rules.Judge, *rules.Answer)
		want   []rules.Rule
	}{
		"an outcome is missing": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes = a.Response.Outcomes[:3]
		}, []rules.Rule{rules.OneOutcome}},
		"an outcome comes twice": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes = append(a.Response.Outcomes, outcome("west", problems, nothing))
		}, []rules.Rule{rules.OneOutcome}},
		"an outcome of a region not asked": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes = append(a.Response.Outcomes, outcome("north", problems, nothing))
		}, []rules.Rule{rules.OneOutcome}},
		"complete beside a gap": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[1].Gaps = []*lhcrv1.Gap{{}}
		}, []rules.Rule{rules.PartialIsSaid, rules.Completeness}},
		"complete beside a warning": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[1].Warnings = []*lhcrv1.Warning{{}}
		}, []rules.Rule{rules.PartialIsSaid, rules.Completeness}},
		"complete beside a region that is down": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[3].Status = down
		}, []rules.Rule{rules.PartialIsSaid, rules.Completeness}},
		"partial where nothing is missing": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Completeness = partial
		}, []rules.Rule{rules.Completeness}},
		"none beside a gap": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[2].Gaps, a.Response.Completeness = []*lhcrv1.Gap{{}}, partial
		}, []rules.Rule{rules.NoneStandsAlone}},
		"an item that nobody holds": {func(_ *rules.Judge, a *rules.Answer) {
			extra := &lhcrv1.Problem{Header: header("east", "q", problems)}
			a.Response.Record.Problems = append(a.Response.Record.Problems, extra)
		}, []rules.Rule{rules.RightPatient, rules.Whole}},
		"another patient's item under an id of this one": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Record.Allergies[0] = held("two").Record.Allergies[0]
		}, []rules.Rule{rules.RightPatient, rules.Whole}},
		"a whole section without its item": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Record.Problems, a.Response.Links = nil, nil
		}, []rules.Rule{rules.Whole}},
		"an item that was altered": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Record.Allergies[0].Code.Display = "nothing at all"
		}, []rules.Rule{rules.Whole}},
		"a region that holds the patient is said not to": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[3].Status = notHeld
		}, []rules.Rule{rules.Whole}},
		"an item of a section that was not asked for": {func(_ *rules.Judge, a *rules.Answer) {
			a.Sections, a.Response.Outcomes = sections[:1], []*lhcrv1.SectionOutcome{a.Response.Outcomes[0], a.Response.Outcomes[2]}
		}, []rules.Rule{rules.AskedOnly}},
		"items beside a mismatch": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[2].Status, a.Response.Outcomes[3].Status, a.Response.Completeness = mismatch, mismatch, partial
		}, []rules.Rule{rules.AskedOnly}},
		"a link to what is not there": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Links[0].ToItemId = "q"
		}, []rules.Rule{rules.AskedOnly}},
		"a group of what is not there": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Groups = []*lhcrv1.EquivalenceGroup{{Items: []*lhcrv1.ItemRef{{RegionId: "west", ItemId: "p"}}}}
		}, []rules.Rule{rules.AskedOnly}},
		"an original of what is not there": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Sources = []*lhcrv1.SourceResource{{RegionId: "west", ItemId: "p"}}
		}, []rules.Rule{rules.AskedOnly}},
		"from the cache, asked past it": {func(_ *rules.Judge, a *rules.Answer) {
			a.PastCache = true
			fromCache(a.Response.Outcomes[0], time.Minute)
		}, []rules.Rule{rules.MayBeCached}},
		"older than asked for": {func(_ *rules.Judge, a *rules.Answer) {
			a.MaxAge = 30 * time.Second
			fromCache(a.Response.Outcomes[0], time.Minute)
		}, []rules.Rule{rules.FreshEnough}},
		"kept for too long": {func(_ *rules.Judge, a *rules.Answer) {
			fromCache(a.Response.Outcomes[0], keep+time.Minute)
		}, []rules.Rule{rules.FreshEnough}},
		"of another age than it says": {func(_ *rules.Judge, a *rules.Answer) {
			fromCache(a.Response.Outcomes[0], time.Minute)
			a.Response.Outcomes[0].Age = durationpb.New(time.Second)
		}, []rules.Rule{rules.FreshEnough}},
		"from the cache, and from no time": {func(_ *rules.Judge, a *rules.Answer) {
			fromCache(a.Response.Outcomes[0], time.Minute)
			a.Response.Outcomes[0].RetrievedAt = nil
		}, []rules.Rule{rules.FreshEnough}},
		"live and old": {func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[0].Age = durationpb.New(time.Second)
		}, []rules.Rule{rules.FreshEnough}},
		"partial, from the cache": {func(_ *rules.Judge, a *rules.Answer) {
			fromCache(a.Response.Outcomes[1], time.Minute)
			a.Response.Outcomes[1].Gaps, a.Response.Completeness = []*lhcrv1.Gap{{}}, partial
		}, []rules.Rule{rules.KeptWhole}},
		"a failure, from the cache": {func(_ *rules.Judge, a *rules.Answer) {
			fromCache(a.Response.Outcomes[3], time.Minute)
			a.Response.Outcomes[3].Status, a.Response.Completeness = down, partial
		}, []rules.Rule{rules.KeptWhole}},
		"from before a purge": {func(j *rules.Judge, a *rules.Answer) {
			j.Purged(1, noon().Add(-30*time.Second), noon().Add(-29*time.Second))
			fromCache(a.Response.Outcomes[0], time.Minute)
		}, []rules.Rule{rules.AfterPurge}},
		"live, and from before a purge": {func(j *rules.Judge, a *rules.Answer) {
			j.Purged(1, noon().Add(-30*time.Second), noon().Add(-29*time.Second))
			a.Response.Outcomes[0].RetrievedAt = timestamppb.New(noon().Add(-time.Minute))
		}, []rules.Rule{rules.AfterPurge}},
		"from the cache for whom nobody asked": {func(_ *rules.Judge, a *rules.Answer) {
			a.View = "bob, all"
			fromCache(a.Response.Outcomes[0], time.Minute)
		}, []rules.Rule{rules.OwnView}},
		"not held, from the cache for whom nobody asked": {func(_ *rules.Judge, a *rules.Answer) {
			a.Who, a.Truth = "bob", nil
			a.Response.Outcomes[3].Status = notHeld
			fromCache(a.Response.Outcomes[3], time.Minute)
		}, []rules.Rule{rules.OwnView}},
		"from the cache before this view asked": {func(j *rules.Judge, a *rules.Answer) {
			a.View = "bob"
			j.Asking(a.Question, noon().Add(-30*time.Second))
			fromCache(a.Response.Outcomes[0], time.Minute)
		}, []rules.Rule{rules.OwnView}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, judged(t, test.change)); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRightAnswersBreakNoRule(t *testing.T) {
	tests := map[string]func(*rules.Judge, *rules.Answer){
		"live":           func(*rules.Judge, *rules.Answer) {},
		"from the cache": func(_ *rules.Judge, a *rules.Answer) { fromCache(a.Response.Outcomes[0], time.Minute) },
		"from the cache after a purge": func(j *rules.Judge, a *rules.Answer) {
			j.Purged(1, noon().Add(-2*time.Minute), noon().Add(-119*time.Second))
			fromCache(a.Response.Outcomes[0], time.Minute)
		},
		"a purge that was not answered yet": func(j *rules.Judge, a *rules.Answer) {
			j.Purged(1, noon().Add(-30*time.Second), noon().Add(time.Millisecond))
			fromCache(a.Response.Outcomes[0], time.Minute)
		},
		"another patient's purge": func(j *rules.Judge, a *rules.Answer) {
			j.Purged(2, noon().Add(-30*time.Second), noon().Add(-29*time.Second))
			fromCache(a.Response.Outcomes[0], time.Minute)
		},
		"not held, asked for in another way": func(_ *rules.Judge, a *rules.Answer) {
			a.View, a.Truth = "ann, since 2020", nil
			a.Response.Outcomes[3].Status = notHeld
			fromCache(a.Response.Outcomes[3], time.Minute)
		},
		"young enough": func(_ *rules.Judge, a *rules.Answer) {
			a.MaxAge = 2 * time.Minute
			fromCache(a.Response.Outcomes[0], time.Minute)
		},
		"a partial list of allergies is delivered": func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Outcomes[0].Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
			a.Response.Outcomes[0].Gaps, a.Response.Completeness = []*lhcrv1.Gap{{}}, partial
		},
		"a section with a gap lacks an item": func(_ *rules.Judge, a *rules.Answer) {
			a.Response.Record.Problems, a.Response.Links = nil, nil
			a.Response.Outcomes[1].Gaps, a.Response.Completeness = []*lhcrv1.Gap{{}}, partial
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			if got := judged(t, change); got != nil {
				t.Errorf("it breaks %v", got)
			}
		})
	}
}

func TestTheTableOfCompleteness(t *testing.T) {
	tests := map[string]struct {
		statuses []lhcrv1.OutcomeStatus
		want     lhcrv1.Completeness
	}{
		"answers":           {[]lhcrv1.OutcomeStatus{returned, none, notHeld}, complete},
		"absences":          {[]lhcrv1.OutcomeStatus{notHeld, notHeld}, lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND},
		"failures":          {[]lhcrv1.OutcomeStatus{down, notHeld}, lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE},
		"one failure":       {[]lhcrv1.OutcomeStatus{down, returned}, partial},
		"nothing":           {nil, partial},
		"no status we know": {[]lhcrv1.OutcomeStatus{returned, 99}, partial},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var all []*lhcrv1.SectionOutcome
			for _, s := range test.statuses {
				all = append(all, outcome("east", allergies, s))
			}
			if got := rules.Table(all); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// parts is a stream of two regions, the first in two parts.
func parts() []*lhcrv1.StreamRecordResponse {
	part := func(p *lhcrv1.RegionPart) *lhcrv1.StreamRecordResponse {
		return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: p}}
	}
	all := held("one")
	east := &lhcrv1.Record{Allergies: all.Record.Allergies[:1]}
	return []*lhcrv1.StreamRecordResponse{
		part(&lhcrv1.RegionPart{RegionId: "east", Record: east}),
		part(&lhcrv1.RegionPart{RegionId: "west", Record: &lhcrv1.Record{Allergies: all.Record.Allergies[1:]}, Outcomes: all.Outcomes[2:], Last: true}),
		part(&lhcrv1.RegionPart{RegionId: "east", Record: &lhcrv1.Record{Problems: all.Record.Problems}, Outcomes: all.Outcomes[:2], Links: all.Links, Sequence: 1, Last: true}),
		{Event: &lhcrv1.StreamRecordResponse_Summary{Summary: &lhcrv1.RecordSummary{Completeness: complete, Parts: 3}}},
	}
}

func TestBrokenStreamsAreCaught(t *testing.T) {
	tests := map[string]func([]*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse{
		"no summary":       func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse { return m[:3] },
		"a part is lost":   func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse { return m[1:] },
		"the last is lost": func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse { return append(m[:2], m[3]) },
		"out of order": func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse {
			m[0], m[2] = m[2], m[0]
			return m
		},
		"more after the end": func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse { return append(m, m[3]) },
		"wrongly counted": func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse {
			m[3].GetSummary().Parts = 2
			return m
		},
		"another region's": func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse {
			m[0].GetPart().Record.Allergies[0].Header.RegionId = "west"
			return m
		},
		"after a region ends": func(m []*lhcrv1.StreamRecordResponse) []*lhcrv1.StreamRecordResponse {
			m[0].GetPart().Last = true
			return m
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			var s rules.Stream
			for _, m := range change(parts()) {
				s.Take(m)
			}
			if _, found := s.End(); !slices.Contains(names(found), rules.StreamWhole) {
				t.Error("it is taken for whole")
			}
		})
	}
}

func TestAStreamBecomesAnAnswer(t *testing.T) {
	var s rules.Stream
	for _, m := range parts() {
		s.Take(m)
	}
	answer, found := s.End()
	if found != nil {
		t.Fatal(found)
	}
	j, q := court()
	if got := j.Check(rules.Answer{Question: q, Sent: noon(), Received: noon(), Response: answer}); got != nil {
		t.Errorf("it breaks %v", got)
	}
	if n := proto.Size(answer.GetRecord()); n != proto.Size(held("one").GetRecord()) {
		t.Errorf("the record has %d bytes", n)
	}
}

func TestBrokenDocumentsAreCaught(t *testing.T) {
	info := &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Info{Info: &lhcrv1.DocumentInfo{}}}
	chunk := &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: []byte("letter")}}
	const sum = "4e60f8b5d69d9b9b4a6ba1ea0d6ac4b6a1d0a9f3b5a1b7d5d3d0f6f5a0f1e2c3"
	var whole rules.Document
	for _, m := range []*lhcrv1.GetDocumentResponse{info, chunk, {Event: &lhcrv1.GetDocumentResponse_End{End: &lhcrv1.DocumentEnd{}}}} {
		whole.Take(m)
	}
	right, _ := whole.End("")
	end := func(size uint64, sum string) *lhcrv1.GetDocumentResponse {
		return &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_End{End: &lhcrv1.DocumentEnd{Size: size, Sha256: sum}}}
	}
	tests := map[string]struct {
		messages []*lhcrv1.GetDocumentResponse
		want     string
		broken   bool
	}{
		"whole":                {[]*lhcrv1.GetDocumentResponse{info, chunk, end(6, right)}, right, false},
		"no end":               {[]*lhcrv1.GetDocumentResponse{info, chunk}, right, true},
		"nothing":              {nil, "", true},
		"no beginning":         {[]*lhcrv1.GetDocumentResponse{chunk, end(6, right)}, right, true},
		"cut":                  {[]*lhcrv1.GetDocumentResponse{info, chunk, end(7, right)}, right, true},
		"other bytes":          {[]*lhcrv1.GetDocumentResponse{info, chunk, end(6, sum)}, "", true},
		"another document":     {[]*lhcrv1.GetDocumentResponse{info, chunk, end(6, right)}, sum, true},
		"more after the end":   {[]*lhcrv1.GetDocumentResponse{info, chunk, end(6, right), chunk}, right, true},
		"two beginnings of it": {[]*lhcrv1.GetDocumentResponse{info, info, chunk, end(6, right)}, right, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var d rules.Document
			for _, m := range test.messages {
				d.Take(m)
			}
			if _, found := d.End(test.want); (found != nil) != test.broken {
				t.Errorf("found %v", found)
			}
		})
	}
}

// refusal is an error of the gateway.
func refusal(t *testing.T, code codes.Code, reason lhcrv1.ErrorReason, retry time.Duration) error {
	t.Helper()
	s, err := status.New(code, "no").WithDetails(&errdetails.ErrorInfo{Domain: "openlhcr", Reason: reason.String()})
	if err == nil && retry > 0 {
		s, err = s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retry)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Err()
}

func TestFailuresMustSayWhy(t *testing.T) {
	const overloaded, gone = lhcrv1.ErrorReason_ERROR_REASON_OVERLOADED, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND
	tests := map[string]struct {
		err      error
		expected rules.Expected
		how      string
		broken   bool
	}{
		"gave up":                   {status.Error(codes.Canceled, ""), rules.Expected{GaveUp: true}, "Canceled", false},
		"cancelled by itself":       {status.Error(codes.Canceled, ""), rules.Expected{}, "Canceled", true},
		"shed":                      {refusal(t, codes.ResourceExhausted, overloaded, time.Second), rules.Expected{}, overloaded.String(), false},
		"shed, and not until when":  {refusal(t, codes.ResourceExhausted, overloaded, 0), rules.Expected{}, overloaded.String(), true},
		"shed, under another code":  {refusal(t, codes.Unavailable, overloaded, time.Second), rules.Expected{}, overloaded.String(), true},
		"a reason that may be":      {refusal(t, codes.NotFound, gone, 0), rules.Expected{Reasons: []lhcrv1.ErrorReason{gone}}, gone.String(), false},
		"a reason that may not be":  {refusal(t, codes.NotFound, gone, 0), rules.Expected{}, gone.String(), true},
		"no reason":                 {status.Error(codes.Unavailable, "the connection broke"), rules.Expected{Reasons: []lhcrv1.ErrorReason{gone}}, "Unavailable", true},
		"not even an error of gRPC": {errors.New("broken"), rules.Expected{}, "Unknown", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			how, found := rules.Failure(test.err, test.expected)
			if how != test.how || (found != nil) != test.broken {
				t.Errorf("%q, found %v", how, found)
			}
		})
	}
}
