package lookup_test

import (
	"fmt"
	"slices"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// judge says what of an answer may not be.
func (w *world) judge(x trial, res *lhcrv1.GetRecordResponse) {
	ended := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = ended
	if want := len(w.regions) * len(x.request.GetSections()); len(res.GetOutcomes()) != want {
		w.t.Errorf("%d outcomes, want %d", len(res.GetOutcomes()), want)
	}
	for _, o := range res.GetOutcomes() {
		if why := w.wrong(x, o); why != "" {
			w.t.Errorf("%s, %v, %v: %s", o.GetRegionId(), o.GetSection(), o.GetStatus(), why)
		}
	}
	if why := looksComplete(res); why != "" {
		w.t.Error(why)
	}
	for _, r := range w.regions {
		if why := w.wrongItems(x, r.id, res); why != "" {
			w.t.Errorf("%s: %s", r.id, why)
		}
		if why := besideVerdict(r.id, res); why != "" {
			w.t.Errorf("%s: %s", r.id, why)
		}
	}
	w.noteVerdicts(x, res)
}

// besideVerdict says what of a region stands beside its verdict on the person.
func besideVerdict(region string, res *lhcrv1.GetRecordResponse) string {
	var live, kept []lhcrv1.OutcomeStatus
	for _, o := range res.GetOutcomes() {
		switch {
		case o.GetRegionId() != region:
		case o.GetFromCache():
			kept = append(kept, o.GetStatus())
		default:
			live = append(live, o.GetStatus())
		}
	}
	other := func(s lhcrv1.OutcomeStatus) bool { return s != notHeld }
	switch {
	case len(kept) > 0 && (slices.Contains(live, mismatch) || slices.Contains(live, notHeld)):
		return fmt.Sprintf("%v of a cache beside %v", kept, live)
	case slices.Contains(live, mismatch) && slices.ContainsFunc(live, func(s lhcrv1.OutcomeStatus) bool { return s != mismatch }):
		return fmt.Sprintf("%v in one answer", live)
	case slices.Contains(kept, notHeld) && slices.ContainsFunc(kept, other):
		return fmt.Sprintf("%v of a cache in one answer", kept)
	}
	return ""
}

// verdict is a lookup that was told that the person is somebody else, or is not held.
type verdict struct {
	trial
	region  string
	view    string
	notHeld bool
	moment  int // by when it was told
}

// noteVerdicts notes what counts for what was kept before.
func (w *world) noteVerdicts(x trial, res *lhcrv1.GetRecordResponse) {
	for _, r := range w.regions {
		told := map[lhcrv1.OutcomeStatus]int{}
		for _, o := range res.GetOutcomes() {
			if o.GetRegionId() == r.id && !o.GetFromCache() {
				told[o.GetStatus()]++
			}
		}
		if !r.footing(x.request.GetAccess()) || told[mismatch] == 0 && told[notHeld] < len(x.request.GetSections()) {
			continue
		}
		w.moments++
		w.verdicts = append(w.verdicts, verdict{
			trial: x, region: r.id, view: r.viewOf(x.caller, x.request.GetAccess(), false), notHeld: told[mismatch] == 0, moment: w.moments,
		})
	}
}

// withdrawn says whether a region took back, to this very view, what it had said
// before. A store that mixes up and loses may lose that too, and so does a cache whose
// clock was put back: what it keeps of the future, it forgets.
func (w *world) withdrawn(x trial, f *fact, view string) bool {
	return w.store == nil && slices.ContainsFunc(w.verdicts, func(v verdict) bool {
		return v.region == f.region && v.view == view && v.request.GetPatient().GetNhsNumber() == f.number &&
			v.request.GetPatient().GetDateOfBirth() == f.born && !(f.notHeld && v.notHeld) &&
			f.moment < v.trial.moment && v.moment < x.moment && v.trial.moment > w.putBack && !f.at.After(v.began)
	})
}

// wrong says why an outcome may not be what it is.
func (w *world) wrong(x trial, o *lhcrv1.SectionOutcome) string {
	if !o.GetFromCache() && o.GetAge() != nil {
		return "it has an age and is not from the cache"
	}
	f := w.factOf(x, o)
	switch {
	case f == nil && o.GetFromCache():
		return "what it was made of is not known"
	case f == nil:
		return wrongWithoutFact(o)
	case f.region != o.GetRegionId() || f.number != x.request.GetPatient().GetNhsNumber():
		return "it is of another region or patient"
	case f.flawed[o.GetSection()] && len(o.GetGaps()) == 0 && !o.GetTruncated():
		return "what is missing does not show"
	case o.GetFromCache():
		w.hits++
		return w.wrongHit(x, o, f)
	case f.view != w.viewOf(x, f):
		return "another view was told it"
	case f.moment < x.moment && f.at.Before(x.began): // at the same instant, its flight was joined before it landed
		return "it was fetched before it was asked for, and says that it is live"
	}
	return ""
}

// viewOf is what a fact must have been said to for a lookup to be told it.
func (w *world) viewOf(x trial, f *fact) string {
	access := x.request.GetAccess()
	r := w.regions[slices.IndexFunc(w.regions, func(r *wayward) bool { return r.id == f.region })]
	return r.viewOf(x.caller, access, x.request.GetIncludeSource() && !f.notHeld)
}

// wrongWithoutFact: an outcome that the gateway made itself tells nothing of a person.
func wrongWithoutFact(o *lhcrv1.SectionOutcome) string {
	switch o.GetStatus() {
	case unavailable, refused, invalid, mismatch, notHeld:
		return ""
	}
	return "it tells what no region said"
}

// factOf is what an outcome was made of.
func (w *world) factOf(x trial, o *lhcrv1.SectionOutcome) *fact {
	var n int
	if _, err := fmt.Sscanf(o.GetSourceLag(), "fact %d", &n); err == nil && n < len(w.facts) {
		return &w.facts[n]
	}
	var found *fact // a Locate is told by its moment, which several can share: one that may be served will do
	for i := range w.facts {
		f := &w.facts[i]
		if !o.GetFromCache() || !f.notHeld || f.region != o.GetRegionId() || !f.at.Equal(o.GetRetrievedAt().AsTime()) {
			continue
		}
		if found = f; f.number == x.request.GetPatient().GetNhsNumber() && w.wrongHit(x, o, f) == "" {
			return f
		}
	}
	return found
}

// wrongHit says why something may not be served from a cache.
func (w *world) wrongHit(x trial, o *lhcrv1.SectionOutcome, f *fact) string {
	access := x.request.GetAccess()
	r := w.regions[slices.IndexFunc(w.regions, func(r *wayward) bool { return r.id == f.region })]
	longest := keepLong.Record
	view := r.viewOf(x.caller, access, x.request.GetIncludeSource())
	if f.notHeld {
		longest = keepLong.NotHeld
		view = r.viewOf(x.caller, access, false)
	}
	age := o.GetAge().AsDuration()
	bound := x.request.GetFreshness()
	switch {
	case f.view != view:
		return "another view fetched it"
	case !f.footing || !r.footing(access):
		return "the footing allows no keeping"
	case f.notHeld != (o.GetStatus() == notHeld), !f.notHeld && !f.lasting[o.GetSection()]:
		return "it must not be kept"
	case f.born != x.request.GetPatient().GetDateOfBirth():
		return "it was said of another date of birth"
	case w.withdrawn(x, f, r.viewOf(x.caller, access, false)):
		return "the region took it back"
	case w.between(f.began, x.moment, x.gateway, f.number):
		return "it was purged"
	case !o.GetRetrievedAt().AsTime().Equal(f.at):
		return "it was not retrieved when it says"
	case age != max(0, w.ended.Sub(f.at)):
		return fmt.Sprintf("it says that it is %v old and was %v", age, w.ended.Sub(f.at))
	case x.began.Sub(f.at) > longest || x.began.Sub(f.at) < -3*time.Second:
		return "it is too old, or of the future"
	case bound.GetPastCache(), bound.GetMaxAge() != nil && x.began.Sub(f.at) > bound.GetMaxAge().AsDuration():
		return "it is older than was asked for"
	}
	return ""
}

// looksComplete says whether an answer looks more complete than its outcomes are.
func looksComplete(res *lhcrv1.GetRecordResponse) string {
	if res.GetCompleteness() != complete {
		return ""
	}
	whole := []lhcrv1.OutcomeStatus{returned, asText, assertedNone, nothing, notHeld, notSupported}
	for _, o := range res.GetOutcomes() {
		if !slices.Contains(whole, o.GetStatus()) || len(o.GetGaps())+len(o.GetWarnings()) > 0 || o.GetTruncated() {
			return fmt.Sprintf("it looks complete with %v of %v", o.GetStatus(), o.GetSection())
		}
	}
	return ""
}

// wrongItems says what of a region's items is not as its outcomes say.
func (w *world) wrongItems(x trial, region string, res *lhcrv1.GetRecordResponse) string {
	facts, statuses := map[string]bool{}, map[lhcrv1.Section]*lhcrv1.SectionOutcome{}
	for _, o := range res.GetOutcomes() {
		if o.GetRegionId() == region {
			facts[o.GetSourceLag()], statuses[o.GetSection()] = true, o
		}
	}
	came := map[string]bool{}
	for _, h := range headersOf(res.GetRecord()) {
		if h.GetRegionId() != region {
			continue
		}
		came[h.GetItemId()] = true
		if !facts[h.GetNotes()[0].GetText()] {
			return "an item is of no answer that the outcomes are of"
		}
		for _, s := range append([]lhcrv1.Section{h.GetSection()}, h.GetAlsoUnder()...) {
			if o := statuses[s]; o.GetStatus() == nothing || o.GetStatus() == assertedNone && h.GetItemId() != "allergy" {
				return fmt.Sprintf("%v says that there is none beside the %s", s, h.GetItemId())
			}
		}
	}
	for section, id := range map[lhcrv1.Section]string{problems: "problem", alerts: "alert", allergies: "allergy"} {
		if f := w.factOf(x, statuses[section]); f != nil && f.given[section] == returned && statuses[section].GetStatus() == returned && !came[id] {
			return "the " + id + " was lost"
		}
	}
	return ""
}
