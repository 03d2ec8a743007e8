package lookup_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// clock is moved by hand.
type clock struct{ at time.Time }

func newClock() *clock                { return &clock{fixedClock()} }
func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }
func (c *clock) opts() lookup.Options { return lookup.Options{Now: c.now} }
func within(d time.Duration) *lhcrv1.Freshness {
	return &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_MaxAge{MaxAge: durationpb.New(d)}}
}

func past() *lhcrv1.Freshness {
	return &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}
}

// asFresh asks for problems as fresh as said.
func asFresh(f *lhcrv1.Freshness) *lhcrv1.GetRecordRequest {
	req := request(problems)
	req.Freshness = f
	return req
}

func TestAKeptAnswerSaysItsAge(t *testing.T) {
	at := newClock()
	region := &counting{}
	l := cached(t, at.opts(), region.adapter("dorset"))
	live := getAs(t, l, caller(), request(problems, alerts))
	for _, o := range live.GetOutcomes() {
		if o.GetFromCache() || o.GetAge() != nil {
			t.Errorf("a live outcome is from a cache: %t, %v old", o.GetFromCache(), o.GetAge())
		}
	}
	for _, passed := range []time.Duration{0, 1, 90 * time.Second, 8 * time.Minute} {
		at.at = fixedClock().Add(passed)
		res := getAs(t, l, caller(), request(problems, alerts))
		if region.fetches != 1 {
			t.Fatalf("after %v: %d fetches", passed, region.fetches)
		}
		for _, o := range res.GetOutcomes() {
			if !o.GetFromCache() || o.GetAge().AsDuration() != passed || !o.GetRetrievedAt().AsTime().Equal(fixedClock()) {
				t.Errorf("after %v %v is from the cache: %t, %v old, retrieved %v", passed, o.GetSection(), o.GetFromCache(), o.GetAge().AsDuration(), o.GetRetrievedAt().AsTime())
			}
		}
		if res.GetCompleteness() != complete || res.GetRecord().GetProblems()[0].GetOnsetText() != live.GetRecord().GetProblems()[0].GetOnsetText() {
			t.Errorf("after %v the answer is %v", passed, res.GetCompleteness())
		}
	}
	at.at = fixedClock().Add(keepLong.Record + time.Second)
	getAs(t, l, caller(), request(problems, alerts))
	if region.fetches != 2 {
		t.Error("what is over was served")
	}
}

func TestTheCallerChoosesFreshness(t *testing.T) {
	tests := map[string]struct {
		passed time.Duration
		asked  *lhcrv1.Freshness
		served bool
	}{
		"nothing asked":                 {5 * time.Minute, nil, true},
		"nothing said":                  {5 * time.Minute, &lhcrv1.Freshness{}, true},
		"past_cache: false":             {5 * time.Minute, &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{}}, true},
		"young enough":                  {59 * time.Second, within(time.Minute), true},
		"just young enough":             {time.Minute, within(time.Minute), true},
		"too old":                       {time.Minute + 1, within(time.Minute), false},
		"of this instant, and no older": {0, within(0), false},
		"past the cache":                {0, past(), false},
		"the clock was put back":        {-time.Minute, nil, false},
		"the clocks differ a little":    {-time.Second, nil, true},
		"the same, and freshness asked": {-time.Second, within(time.Second), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at := newClock()
			region := &counting{}
			l := cached(t, at.opts(), region.adapter("dorset"))
			getAs(t, l, caller(), request(problems))
			at.pass(test.passed)
			res := getAs(t, l, caller(), asFresh(test.asked))
			if served := region.fetches == 1; served != test.served || res.GetOutcomes()[0].GetFromCache() != served {
				t.Errorf("served from the cache: %t, want %t", served, test.served)
			}
			if got, want := res.GetOutcomes()[0].GetAge().AsDuration(), max(0, test.passed); test.served && got != want {
				t.Errorf("it is %v old, want %v", got, want)
			}
			// While a clock is behind what was kept under it, every answer is live.
			if getAs(t, l, caller(), request(problems)); region.fetches > 2 && test.passed > -time.Minute {
				t.Error("what came past the cache was not kept")
			}
		})
	}
}

// What the region said holds for the date of birth that was asked: it was sent there,
// and the region may have found the person because of it, or not.
func TestAnAnswerHoldsForTheDateOfBirthAsked(t *testing.T) {
	region := &counting{}
	l := cached(t, lookup.Options{}, region.adapter("dorset"))
	unborn, other := request(problems), request(problems)
	unborn.Patient.DateOfBirth, other.Patient.DateOfBirth = "", "1951-04-18"
	getAs(t, l, caller(), unborn)
	if got := getAs(t, l, caller(), request(problems)); region.fetches != 2 || got.GetOutcomes()[0].GetStatus() != returned {
		t.Errorf("with the right date of birth: %d fetches, %v", region.fetches, got.GetOutcomes()[0].GetStatus())
	}
	got := getAs(t, l, caller(), other)
	if o := got.GetOutcomes()[0]; region.fetches != 3 || o.GetStatus() != mismatch || o.GetIdentityMismatchReason() != differentBirth || o.GetFromCache() {
		t.Errorf("with another date of birth: %d fetches, %v", region.fetches, o.GetStatus())
	}
	if len(got.GetRecord().GetProblems()) != 0 {
		t.Error("something of somebody else was delivered from the cache")
	}
	getAs(t, l, caller(), unborn)
	if getAs(t, l, caller(), request(problems)); region.fetches != 3 {
		t.Error("the mismatch threw away what the others may still have")
	}
}

// A region that names no date of birth, and finds the person by the one it is asked.
func TestWhatIsKeptOfNoKnownBirthIsNotServedForAnother(t *testing.T) {
	region := &fetchFunc{describe("dorset"), func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		if req.GetPatient().GetDateOfBirth() != birthDate {
			return &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, notHeld)}}, nil
		}
		res := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}, outcome(problems, returned))
		res.Patients = []*adapterv1.MatchedPatient{{NhsNumber: nhsNumber}}
		return res, nil
	}}
	l := cached(t, lookup.Options{}, region)
	get(t, l, request(problems))
	other := request(problems)
	other.Patient.DateOfBirth = "1980-01-01"
	if o := get(t, l, other).GetOutcomes()[0]; o.GetStatus() != notHeld || o.GetFromCache() {
		t.Errorf("%v, from the cache: %t", o.GetStatus(), o.GetFromCache())
	}
}

func TestWhatIsKept(t *testing.T) {
	change := func(o *lhcrv1.SectionOutcome, do func(*lhcrv1.SectionOutcome)) *lhcrv1.SectionOutcome {
		do(o)
		return o
	}
	one := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}
	stated := allergy("a1")
	stated.Absence = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY
	none := &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{stated}}
	narrated := func(o *lhcrv1.SectionOutcome) { o.Narratives = []*lhcrv1.Narrative{{Text: "words"}} }
	gapped := func(o *lhcrv1.SectionOutcome) { o.Gaps = []*lhcrv1.Gap{{}} }
	foreign := problem("p2")
	foreign.Header.SubjectCheck = 0
	mixed := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1"), foreign}}, outcome(problems, returned))
	linked := fetched(one, outcome(problems, returned))
	linked.Patients = append(linked.Patients, &adapterv1.MatchedPatient{NhsNumber: otherNumber, LinkedByRegion: true})
	silent := &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, notSupported)}}
	somebody := fetched(one, outcome(problems, returned))
	somebody.Patients[0].NhsNumber = otherNumber
	tests := map[string]struct {
		answer *adapterv1.FetchResponse
		kept   bool
	}{
		"items":                          {fetched(one, outcome(problems, returned)), true},
		"items and a warning":            {fetched(one, change(outcome(problems, returned), func(o *lhcrv1.SectionOutcome) { o.Warnings = []*lhcrv1.Warning{{}} })), true},
		"text":                           {fetched(nil, change(outcome(problems, asText), narrated)), true},
		"none asserted":                  {fetched(none, outcome(allergies, assertedNone)), true},
		"nothing recorded":               {fetched(nil, outcome(problems, nothing)), true},
		"not supported":                  {fetched(nil, outcome(problems, notSupported)), true},
		"not supported, of nobody named": {silent, true},
		"items and a gap":                {fetched(one, change(outcome(problems, returned), gapped)), false},
		"text and a gap":                 {fetched(nil, change(change(outcome(problems, asText), narrated), gapped)), false},
		"cut short":                      {fetched(one, change(outcome(problems, returned), func(o *lhcrv1.SectionOutcome) { o.Truncated = true })), false},
		"dangling entries":               {fetched(one, change(outcome(problems, returned), func(o *lhcrv1.SectionOutcome) { o.Counts = &lhcrv1.ListCounts{Unresolved: 1} })), false},
		"an item of somebody":            {mixed, false},
		"a linked record":                {linked, false},
		"a partial allergy list":         {partialAllergies(), false},
		"not held":                       {fetched(nil, outcome(problems, notHeld)), false},
		"unavailable":                    {fetched(nil, outcome(problems, unavailable)), false},
		"refused":                        {fetched(nil, outcome(problems, refused)), false},
		"invalid":                        {fetched(nil, outcome(problems, invalid)), false},
		"withheld":                       {fetched(nil, outcome(problems, withheld)), false},
		"a mismatch":                     {fetched(nil, outcome(problems, mismatch)), false},
		"somebody else":                  {somebody, false},
		"no outcome":                     {fetched(nil), false},
		"cached there":                   {fetched(one, change(outcome(problems, returned), func(o *lhcrv1.SectionOutcome) { o.FromCache = true })), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			asked := problems
			if o := test.answer.GetOutcomes(); len(o) > 0 {
				asked = o[0].GetSection()
			}
			var seen observations
			l := cached(t, lookup.Options{Observe: seen.observe, Now: fixedClock}, answering("dorset", test.answer))
			first, second := get(t, l, request(asked)), get(t, l, request(asked))
			want := 2
			if test.kept {
				want = 1
			}
			if len(seen.all()) != want {
				t.Errorf("%d fetches, want %d", len(seen.all()), want)
			}
			if got := second.GetOutcomes()[0].GetFromCache(); got != (test.kept || first.GetOutcomes()[0].GetFromCache()) {
				t.Errorf("from the cache: %t", got)
			}
			if first.GetCompleteness() != second.GetCompleteness() || first.GetOutcomes()[0].GetStatus() != second.GetOutcomes()[0].GetStatus() {
				t.Errorf("first %v %v, then %v %v", first.GetCompleteness(), first.GetOutcomes()[0].GetStatus(), second.GetCompleteness(), second.GetOutcomes()[0].GetStatus())
			}
		})
	}
}

// What was read on a footing of its own is for that reading alone.
func TestOnWhichFootingNothingIsKeptOrServed(t *testing.T) {
	tests := map[string]struct {
		change func(*lhcrv1.AccessContext)
		shared bool
	}{
		"the same":                     {func(*lhcrv1.AccessContext) {}, true},
		"an emergency":                 {func(a *lhcrv1.AccessContext) { a.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE }, false},
		"a consent for a period":       {func(a *lhcrv1.AccessContext) { a.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_CONSENT_FOR_PERIOD_OF_CARE }, false},
		"no basis":                     {func(a *lhcrv1.AccessContext) { a.Basis = 0 }, false},
		"a basis of tomorrow":          {func(a *lhcrv1.AccessContext) { a.Basis = 99 }, false},
		"a consent for the region":     {func(a *lhcrv1.AccessContext) { a.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "dorset"}} }, false},
		"a consent for another region": {func(a *lhcrv1.AccessContext) { a.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "yorkshire"}} }, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// The definition says that the basis does not count: the footing still does.
			region := &counting{varies: []lhcrv1.VariesBy{variesByOrganisation}}
			l := cached(t, lookup.Options{}, region.adapter("dorset"))
			special := request(problems)
			test.change(special.Access)
			getAs(t, l, caller(), special)
			getAs(t, l, caller(), special)
			if region.fetches != map[bool]int{true: 1, false: 2}[test.shared] {
				t.Errorf("%d fetches for two on that footing", region.fetches)
			}
			before := region.fetches
			getAs(t, l, caller(), request(problems))
			if kept := region.fetches == before; kept != test.shared {
				t.Errorf("kept for others: %t", kept)
			}
			before = region.fetches
			if getAs(t, l, caller(), special); (region.fetches == before) != test.shared {
				t.Error("an answer that was kept was served")
			}
		})
	}
}

// Only what is missing is asked for, and what is there stands beside it.
func TestOnlyWhatIsMissingIsAskedFor(t *testing.T) {
	at := newClock()
	var dorset, yorkshire recorder
	type told struct {
		region       string
		hits, misses int
	}
	var cachedSeen []told
	opts := at.opts()
	opts.Cached = func(region string, hits, misses int) { cachedSeen = append(cachedSeen, told{region, hits, misses}) }
	l := cached(t, opts, dorset.adapter("dorset", problems, alerts, allergies), yorkshire.adapter("yorkshire"))
	req := request(problems, alerts)
	req.Regions = &lhcrv1.RegionSelection{RegionIds: []string{"dorset"}}
	getAs(t, l, caller(), req)
	at.pass(time.Minute)
	res := getAs(t, l, caller(), request(allergies, problems, alerts, documents))
	if diff := cmp.Diff([]lhcrv1.Section{allergies}, dorset.asked[1].GetSections()); diff != "" {
		t.Errorf("dorset was asked for (-want +got):\n%s", diff)
	}
	if got := len(yorkshire.asked[0].GetSections()); got != 4 {
		t.Errorf("yorkshire was asked for %d sections", got)
	}
	for _, o := range res.GetOutcomes() {
		kept := o.GetRegionId() == "dorset" && (o.GetSection() == problems || o.GetSection() == alerts)
		if o.GetFromCache() != kept || kept != (o.GetAge() != nil) {
			t.Errorf("%s %v is from the cache: %t", o.GetRegionId(), o.GetSection(), o.GetFromCache())
		}
	}
	override := request(problems)
	override.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
	getAs(t, l, caller(), override)
	getAs(t, l, caller(), asFresh(past()))
	want := []told{{"dorset", 0, 2}, {"dorset", 2, 1}, {"yorkshire", 0, 4}}
	if diff := cmp.Diff(want, cachedSeen, cmp.AllowUnexported(told{})); diff != "" {
		t.Errorf("hits and misses (-want +got):\n%s", diff)
	}
}

// What is kept under one definition, reader or address is not served under another.
func TestAMendedReaderServesNothingOfTheFaultyOnes(t *testing.T) {
	for name, mend := range map[string]func(*adapterv1.DescribeResponse){
		"reader":     func(d *adapterv1.DescribeResponse) { d.ReaderVersion = "2" },
		"definition": func(d *adapterv1.DescribeResponse) { d.Region.Notes = []string{"other notes"} },
		"address":    func(d *adapterv1.DescribeResponse) { d.Endpoints = []*lhcrv1.NetworkEndpoint{{Host: "other.invalid"}} },
		"nothing":    func(*adapterv1.DescribeResponse) {},
	} {
		region := &counting{}
		shared := newCache(t, cache.Options{Memory: 1 << 20})
		getAs(t, cached(t, lookup.Options{Cache: shared}, region.adapter("dorset")), caller(), request(problems))
		about := describe("dorset")
		mend(about)
		getAs(t, cached(t, lookup.Options{Cache: shared}, adapters.Adapter(&fetchFunc{about, region.fetch})), caller(), request(problems))
		if want := map[bool]int{true: 1, false: 2}[name == "nothing"]; region.fetches != want {
			t.Errorf("another %s: %d fetches, want %d", name, region.fetches, want)
		}
	}
}

// A stream serves what is kept as one answer does.
func TestAStreamServesWhatIsKept(t *testing.T) {
	region := &counting{}
	l := cached(t, lookup.Options{}, region.adapter("dorset"))
	getAs(t, l, caller(), request(problems))
	var events []*lhcrv1.StreamRecordResponse
	err := l.Stream(t.Context(), caller(), request(problems), func(e *lhcrv1.StreamRecordResponse) error {
		events = append(events, onWire(t, e))
		return nil
	})
	if err != nil || len(events) != 2 || region.fetches != 1 {
		t.Fatalf("%d events after %d fetches: %v", len(events), region.fetches, err)
	}
	if o := events[0].GetPart().GetOutcomes()[0]; !o.GetFromCache() || events[1].GetSummary().GetCompleteness() != complete {
		t.Errorf("from the cache: %t, %v", o.GetFromCache(), events[1].GetSummary().GetCompleteness())
	}
}

func TestNothingIsKeptForNoTime(t *testing.T) {
	region := &counting{}
	l := cached(t, lookup.Options{Keep: lookup.Keep{Held: time.Hour}}, region.adapter("dorset"))
	getAs(t, l, caller(), request(problems))
	if getAs(t, l, caller(), request(problems)); region.fetches != 2 {
		t.Errorf("%d fetches, want 2", region.fetches)
	}
}

// Purged while the answer of another region was still awaited: what was held is asked
// for anew.
func TestWhatIsPurgedBeforeTheAnswerIsNotServed(t *testing.T) {
	kept := newCache(t, cache.Options{Memory: 1 << 20})
	dorset := &counting{}
	purging := &fetchFunc{describe("yorkshire"), (&counting{change: func(*adapterv1.FetchRequest, *adapterv1.FetchResponse) {
		if _, err := kept.Purge(t.Context(), nhsNumber); err != nil {
			t.Error(err)
		}
	}}).fetch}
	l := cached(t, lookup.Options{Cache: kept}, dorset.adapter("dorset"), purging)
	req := request(problems)
	req.Regions = &lhcrv1.RegionSelection{RegionIds: []string{"dorset"}}
	getAs(t, l, caller(), req)
	res := getAs(t, l, caller(), request(problems))
	if o := outcomeOf(t, res.GetOutcomes(), "dorset", problems); o.GetFromCache() || o.GetStatus() != returned || dorset.fetches != 2 {
		t.Errorf("from the cache: %t, %v, %d fetches", o.GetFromCache(), o.GetStatus(), dorset.fetches)
	}
	if getAs(t, l, caller(), req); dorset.fetches != 3 {
		t.Error("what was fetched under the old epoch was kept")
	}
}

// mixing is a cache that gives something else than it was given.
type mixing struct {
	lookup.Cache
	mix func(*cache.Kept)
}

func (m mixing) Fill(r *cache.Reading, kept []cache.Kept) {
	for i := range kept {
		m.mix(&kept[i])
	}
	m.Cache.Fill(r, kept)
}

// Whatever a cache does, what it gives is judged as if it came from anywhere.
func TestWhatACacheMixesUpIsNotServed(t *testing.T) {
	others := identity.People([]*adapterv1.MatchedPatient{{NhsNumber: otherNumber}})
	younger := identity.People([]*adapterv1.MatchedPatient{{NhsNumber: nhsNumber, BirthDate: born("1951-04-18")}})
	ofPart := func(change func(*part.Part)) func(*cache.Kept) {
		return func(k *cache.Kept) {
			if p, ok := k.Value.(*part.Part); ok {
				changed := *p
				change(&changed)
				k.Value = &changed
			}
		}
	}
	tests := map[string]struct {
		mix  func(*cache.Kept)
		want []string
	}{
		"nothing":                   {func(*cache.Kept) {}, nil},
		"a part of somebody else":   {ofPart(func(p *part.Part) { p.People = others }), []string{"fetch h1"}},
		"a part of another birth":   {ofPart(func(p *part.Part) { p.People = younger }), []string{"fetch h1"}},
		"a part of nobody":          {ofPart(func(p *part.Part) { p.People = nil }), []string{"fetch h1"}},
		"a part of another region":  {ofPart(func(p *part.Part) { p.Region = "yorkshire" }), []string{"fetch h1"}},
		"a part of another section": {ofPart(func(p *part.Part) { p.Section = alerts }), []string{"fetch h1"}},
		"a part with a gap":         {ofPart(func(p *part.Part) { p.Fleeting = true }), []string{"fetch h1"}},
		"a part that failed":        {ofPart(func(p *part.Part) { p.Status = unavailable }), []string{"fetch h1"}},
		"a location in a part's place": {func(k *cache.Kept) {
			if k.Field.Section != 0 {
				k.Value = &part.Location{}
			}
		}, []string{"fetch h1"}},
		"a location of somebody else": {func(k *cache.Kept) {
			if k.Field.Section == 0 {
				k.Value = &part.Location{Handle: []byte("h1"), People: others}
			} else {
				k.For = 1
			}
		}, []string{"locate", "fetch h1"}},
	}
	for name, test := range tests {
		m := newMoving(held, "h1")
		kept := mixing{newCache(t, cache.Options{Memory: 1 << 20}), test.mix}
		l := cached(t, lookup.Options{Cache: kept}, m)
		getAs(t, l, caller(), request(problems))
		m.calls = nil
		res := getAs(t, l, caller(), request(problems))
		if diff := cmp.Diff(test.want, m.calls, cmpopts.EquateEmpty()); diff != "" || res.GetOutcomes()[0].GetStatus() != nothing {
			t.Errorf("%s: %v, calls (-want +got):\n%s", name, res.GetOutcomes()[0].GetStatus(), diff)
		}
	}
}

// What failed in one section may be what another's items name: a participant, a place.
func TestNothingIsKeptOfAnAnswerOfWhichASectionFailed(t *testing.T) {
	one := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}
	for status, kept := range map[lhcrv1.OutcomeStatus]bool{unavailable: false, refused: false, invalid: false, withheld: true, nothing: true, notHeld: true} {
		t.Run(status.String(), func(t *testing.T) {
			var seen observations
			answer := func() *adapterv1.FetchResponse {
				return fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}, outcome(problems, returned), outcome(alerts, status))
			}
			l := cached(t, lookup.Options{Observe: seen.observe, Now: fixedClock}, &fetchFunc{describe("dorset"), func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
				if len(req.GetSections()) == 1 {
					return fetched(one, outcome(req.GetSections()[0], returned)), nil
				}
				return answer(), nil
			}})
			get(t, l, request(problems, alerts))
			if served := get(t, l, request(problems)).GetOutcomes()[0].GetFromCache(); served != kept {
				t.Errorf("served from the cache: %t, want %t", served, kept)
			}
		})
	}
}
