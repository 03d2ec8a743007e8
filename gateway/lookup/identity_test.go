package lookup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	differentNumber = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
	differentBirth  = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH
	noPatient       = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
	superseded      = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED
	noNumber        = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
)

// secret is what an answer about somebody else says, and nobody may read.
const secret = "canary-of-somebody-else"

// rich is an answer that carries the secret wherever an answer can carry words.
func rich(patients ...*adapterv1.MatchedPatient) *adapterv1.FetchResponse {
	item := problem("p1")
	item.OnsetText = secret
	o := outcome(problems, returned)
	o.Message, o.SourceLag = secret, secret
	o.Narratives, o.Notes = []*lhcrv1.Narrative{{Text: secret}}, []*lhcrv1.Note{{Text: secret}}
	return &adapterv1.FetchResponse{
		Record: &lhcrv1.Record{Problems: []*lhcrv1.Problem{item}}, Outcomes: []*lhcrv1.SectionOutcome{o, outcome(allergies, unavailable)}, Patients: patients,
		Links:    []*lhcrv1.ItemLink{{FromItemId: "p1", Unresolved: secret}},
		Sources:  []*lhcrv1.SourceResource{{ItemId: "p1", Content: []byte(secret)}},
		Reported: []*lhcrv1.ReportedResources{{SourceType: secret}},
	}
}

func TestNothingOfSomebodyElseIsDelivered(t *testing.T) {
	other := func() *adapterv1.MatchedPatient { return &adapterv1.MatchedPatient{NhsNumber: otherNumber} }
	replaced := patient()
	replaced.SupersededBy = otherNumber
	strange := patient()
	strange.BirthDate = born("1951-04-18")
	coarse := patient()
	coarse.BirthDate = born("1951-05")
	nameless := &adapterv1.MatchedPatient{SourceId: "local"}
	tests := map[string]struct {
		patients    []*adapterv1.MatchedPatient
		want        lhcrv1.IdentityMismatchReason
		replacement string
	}{
		"another number":                       {[]*adapterv1.MatchedPatient{other()}, differentNumber, ""},
		"another number beside the right one":  {[]*adapterv1.MatchedPatient{patient(), other()}, differentNumber, ""},
		"another date of birth":                {[]*adapterv1.MatchedPatient{strange}, differentBirth, ""},
		"another month of birth, day unknown":  {[]*adapterv1.MatchedPatient{coarse}, differentBirth, ""},
		"no patient":                           {nil, noPatient, ""},
		"a patient without number":             {[]*adapterv1.MatchedPatient{nameless}, noNumber, ""},
		"superseded":                           {[]*adapterv1.MatchedPatient{replaced}, superseded, otherNumber},
		"superseded, and the record of before": {[]*adapterv1.MatchedPatient{patient(), replaced}, superseded, otherNumber},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var seen observations
			l := newLookup(t, lookup.Options{Observe: seen.observe}, answering("yorkshire", rich(test.patients...)),
				answering("dorset", fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p2")}}, outcome(problems, returned), outcome(allergies, nothing))))
			req := request(problems, allergies)
			req.IncludeSource = true
			res := get(t, l, req)
			for _, section := range []lhcrv1.Section{problems, allergies} {
				o := outcomeOf(t, res.GetOutcomes(), "yorkshire", section)
				if o.GetStatus() != mismatch || o.GetIdentityMismatchReason() != test.want || o.GetSupersededBy() != test.replacement || o.GetMessage() == "" {
					t.Errorf("%v: %v because of %v, replaced by somebody: %t", section, o.GetStatus(), o.GetIdentityMismatchReason(), o.GetSupersededBy() != "")
				}
			}
			if strings.Contains(res.String(), secret) {
				t.Error("something of the answer about somebody else was delivered")
			}
			if got := len(res.GetRecord().GetProblems()); got != 1 {
				t.Errorf("%d problems came, want the other region's one", got)
			}
			if res.GetCompleteness() != partialAnswer {
				t.Errorf("the answer is %v, want partial", res.GetCompleteness())
			}
			if len(seen.all()) != 2 {
				t.Errorf("%d observations, want one of each region", len(seen.all()))
			}
		})
	}
}

func TestTheRightPatientIsDelivered(t *testing.T) {
	year := patient()
	year.BirthDate = born("1951")
	unborn := patient()
	unborn.BirthDate = nil
	linked := &adapterv1.MatchedPatient{LinkedByRegion: true}
	for name, patients := range map[string][]*adapterv1.MatchedPatient{
		"whole":                   {patient()},
		"the year of birth only":  {year},
		"no date of birth":        {unborn},
		"a record linked by them": {patient(), linked},
	} {
		res := get(t, newLookup(t, lookup.Options{}, answering("dorset", rich(patients...))), request(problems, allergies))
		if got := outcomeOf(t, res.GetOutcomes(), "dorset", problems).GetStatus(); got != returned {
			t.Errorf("%s: %v, want RETURNED", name, got)
		}
	}
}

func TestALinkedRecordUnderAnotherNumberIsAGap(t *testing.T) {
	linked := &adapterv1.MatchedPatient{NhsNumber: otherNumber, LinkedByRegion: true}
	res := get(t, newLookup(t, lookup.Options{}, answering("dorset", rich(patient(), linked))), request(problems))
	o := outcomeOf(t, res.GetOutcomes(), "dorset", problems)
	if len(o.GetGaps()) != 1 || o.GetGaps()[0].GetKind() != lhcrv1.GapKind_GAP_KIND_LINKED_RECORD || o.GetGaps()[0].GetCount() != 1 {
		t.Errorf("%v with %d gaps, want one of a linked record", o.GetStatus(), len(o.GetGaps()))
	}
	if res.GetCompleteness() != partialAnswer {
		t.Errorf("the answer is %v, want partial", res.GetCompleteness())
	}
}

// An answer that tells anything of a person must say of whom; one that tells only
// why nothing came need not.
func TestWhichAnswersNeedAPatient(t *testing.T) {
	narrated := outcome(problems, invalid)
	narrated.Narratives = []*lhcrv1.Narrative{{Text: "words"}}
	tests := map[string]struct {
		given *lhcrv1.SectionOutcome
		want  lhcrv1.OutcomeStatus
	}{
		"returned":           {outcome(problems, returned), mismatch},
		"returned as text":   {outcome(problems, asText), mismatch},
		"asserted none":      {outcome(problems, assertedNone), mismatch},
		"nothing recorded":   {outcome(problems, nothing), mismatch},
		"invalid with words": {narrated, mismatch},
		"invalid":            {outcome(problems, invalid), invalid},
		"not held":           {outcome(problems, notHeld), notHeld},
		"not supported":      {outcome(problems, notSupported), notSupported},
		"withheld":           {outcome(problems, withheld), withheld},
		"refused":            {outcome(problems, refused), refused},
		"unavailable":        {outcome(problems, unavailable), unavailable},
	}
	for name, test := range tests {
		res := get(t, newLookup(t, lookup.Options{}, answering("dorset", &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{test.given}})), request(problems))
		if got := res.GetOutcomes()[0]; got.GetStatus() != test.want || got.GetStatus() == mismatch && got.GetIdentityMismatchReason() != noPatient {
			t.Errorf("%s: %v because of %v, want %v", name, got.GetStatus(), got.GetIdentityMismatchReason(), test.want)
		}
	}
	foreign := &adapterv1.FetchResponse{
		Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, unavailable)}, Patients: []*adapterv1.MatchedPatient{{NhsNumber: otherNumber}},
	}
	if got := get(t, newLookup(t, lookup.Options{}, answering("dorset", foreign)), request(problems)); got.GetOutcomes()[0].GetStatus() != mismatch {
		t.Errorf("nothing came, of somebody else: %v", got.GetOutcomes()[0].GetStatus())
	}
	item := &adapterv1.FetchResponse{
		Record: &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}, Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, unavailable)},
	}
	if got := get(t, newLookup(t, lookup.Options{}, answering("dorset", item)), request(problems)); got.GetOutcomes()[0].GetStatus() != mismatch {
		t.Errorf("an item without patient: %v", got.GetOutcomes()[0].GetStatus())
	}
}

func TestAMismatchThatTheAdapterNoticedCountsForTheWholeRegion(t *testing.T) {
	tests := map[string]struct {
		reason, want           lhcrv1.IdentityMismatchReason
		replacement, delivered string
	}{
		"another number":             {differentNumber, differentNumber, "", ""},
		"no reason given":            {0, noPatient, "", ""},
		"superseded":                 {superseded, superseded, otherNumber, otherNumber},
		"a replacement out of place": {differentNumber, differentNumber, otherNumber, ""},
	}
	for name, test := range tests {
		claimed := outcome(allergies, mismatch)
		claimed.IdentityMismatchReason, claimed.SupersededBy = test.reason, test.replacement
		res := rich(patient())
		res.Outcomes[1] = claimed
		got := get(t, newLookup(t, lookup.Options{}, answering("dorset", res)), request(problems, allergies))
		for _, o := range got.GetOutcomes() {
			if o.GetStatus() != mismatch || o.GetIdentityMismatchReason() != test.want || o.GetSupersededBy() != test.delivered {
				t.Errorf("%s: %v is %v because of %v", name, o.GetSection(), o.GetStatus(), o.GetIdentityMismatchReason())
			}
		}
		if strings.Contains(got.String(), secret) {
			t.Errorf("%s: the rest of the answer was delivered", name)
		}
	}
}

func TestAnItemAboutSomebodyElseIsCountedAndNotDelivered(t *testing.T) {
	foreign := problem("p2", alerts)
	foreign.Header.SubjectCheck, foreign.OnsetText = lhcrv1.SubjectCheck_SUBJECT_CHECK_UNSPECIFIED, secret
	unresolved := problem("p3")
	unresolved.Header.SubjectCheck = lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED
	answer := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1"), foreign, unresolved}}, outcome(problems, returned), outcome(alerts, nothing))
	answer.Links = []*lhcrv1.ItemLink{{FromItemId: "p1", ToItemId: "p2"}, {FromItemId: "p1", ToItemId: "p3"}}
	answer.Sources = []*lhcrv1.SourceResource{{ItemId: "p2", Content: []byte(secret)}}
	res := get(t, newLookup(t, lookup.Options{}, answering("dorset", answer)), request(problems, alerts))

	var ids []string
	for _, p := range res.GetRecord().GetProblems() {
		ids = append(ids, p.GetHeader().GetItemId())
	}
	if diff := cmp.Diff([]string{"p1", "p3"}, ids); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	for section, want := range map[lhcrv1.Section]lhcrv1.OutcomeStatus{problems: returned, alerts: invalid} {
		o := outcomeOf(t, res.GetOutcomes(), "dorset", section)
		if len(o.GetGaps()) != 1 || o.GetGaps()[0].GetKind() != lhcrv1.GapKind_GAP_KIND_OTHER_PERSON || o.GetGaps()[0].GetCount() != 1 || o.GetStatus() != want {
			t.Errorf("%v: %v with %d gaps", section, o.GetStatus(), len(o.GetGaps()))
		}
	}
	if len(res.GetLinks()) != 1 || strings.Contains(res.String(), secret) || strings.Contains(res.String(), "p2") {
		t.Error("something names the item that was left out")
	}
}

func TestLocate(t *testing.T) {
	empty := fetched(nil, outcome(problems, nothing))
	nobodyNamed := proto.CloneOf(empty)
	nobodyNamed.Patients = nil
	replaced := patient()
	replaced.SupersededBy = otherNumber
	held := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD, Handle: []byte("h1")}
	with := func(l *adapterv1.LocateResponse, p ...*adapterv1.MatchedPatient) *adapterv1.LocateResponse {
		l = proto.CloneOf(l)
		l.Patients = p
		return l
	}
	gone := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_NOT_HELD}
	somebody := &adapterv1.MatchedPatient{NhsNumber: otherNumber}
	tests := map[string]struct {
		located *adapterv1.LocateResponse
		err     error
		answer  *adapterv1.FetchResponse
		want    lhcrv1.OutcomeStatus
		fetched bool
		handle  string
	}{
		"held":                                {held, nil, empty, nothing, true, "h1"},
		"held, patient named":                 {with(held, patient()), nil, empty, nothing, true, "h1"},
		"held, only Locate names the patient": {with(held, patient()), nil, nobodyNamed, nothing, true, "h1"},
		"held, nobody names the patient":      {held, nil, nobodyNamed, mismatch, true, "h1"},
		"held, items of nobody":               {with(held, patient()), nil, rich(), mismatch, true, "h1"},
		"held, of somebody else":              {with(held, somebody), nil, empty, mismatch, false, ""},
		"held, superseded":                    {with(held, replaced), nil, empty, mismatch, false, ""},
		"not held":                            {gone, nil, empty, notHeld, false, ""},
		"not held, but somebody":              {with(gone, somebody), nil, empty, notHeld, false, ""},
		"not held, superseded":                {with(gone, replaced), nil, empty, mismatch, false, ""},
		"could not say":                       {&adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_UNKNOWN, Handle: []byte("h1")}, nil, empty, nothing, true, ""},
		"cannot locate after all":             {nil, status.Error(codes.Unimplemented, ""), empty, nothing, true, ""},
		"an answer without a holding":         {&adapterv1.LocateResponse{}, nil, empty, nothing, true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			region := locating("dorset", test.located, test.err, test.answer)
			var asked *adapterv1.FetchRequest
			give := region.fetch
			region.fetch = noteFetch(&asked, give)
			res := get(t, newLookup(t, lookup.Options{}, region), request(problems))
			if got := res.GetOutcomes()[0]; got.GetStatus() != test.want {
				t.Errorf("%v, want %v", got.GetStatus(), test.want)
			}
			if (asked != nil) != test.fetched || string(asked.GetHandle()) != test.handle {
				t.Errorf("fetched is %t with handle %q", asked != nil, asked.GetHandle())
			}
		})
	}
}
