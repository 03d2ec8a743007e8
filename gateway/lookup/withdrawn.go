package lookup

import (
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

const (
	notHeld  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	mismatch = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
)

// withdrawnFor is how long it is kept that a region took its word back: longer than
// anything that it could have said before. The cache bounds it by its own longest.
const withdrawnFor = 365 * 24 * time.Hour

// verdictOn is what an answer says of the person as a whole, by the part that says
// it: that it is somebody else, or that nobody is held. Nil where it says neither.
func verdictOn(parts []*part.Part) *part.Part {
	if i := slices.IndexFunc(parts, func(p *part.Part) bool { return p.Status == mismatch }); i >= 0 {
		return parts[i]
	}
	i := slices.IndexFunc(parts, saysNotHeld)
	if i < 0 || slices.ContainsFunc(parts, func(p *part.Part) bool { return !saysNotHeld(p) && !failed(p) }) {
		return nil
	}
	return parts[i]
}

func saysNotHeld(p *part.Part) bool { return p.Status == notHeld }

// withdrawal is what is kept of a verdict on the person, beside what it withdraws: all
// that the region said before, in whatever section and manner it was asked.
func (f *flight) withdrawal(verdict *part.Part, at time.Time) cache.Kept {
	return cache.Kept{
		Field: withdrawnField(f.region, f.views), Value: &part.Location{Withdrawn: true, NotHeld: saysNotHeld(verdict)},
		Retrieved: at, For: withdrawnFor,
	}
}

func withdrawnField(r *region, v views) cache.Field {
	return cache.Field{Region: r.id, View: v.withdrawn, Reader: r.reader}
}

// withdrawals say what of that which was kept the region took back later.
type withdrawals struct {
	until time.Time // of what was fetched up to then nothing is believed; zero when all is
	all   bool      // neither that the person was not held
}

// withdrawn reads them. They count also where they are of the future: a clock that
// was put back makes nothing good again. What was fetched within the skew of clocks
// after a verdict may have been fetched before it.
func (h *hits) withdrawn(at int) withdrawals {
	entry, ok := h.reading.Entry(at)
	if !ok {
		return withdrawals{}
	}
	l, ok := entry.Value.(*part.Location)
	if !ok || !l.Withdrawn {
		return withdrawals{}
	}
	return withdrawals{until: entry.Retrieved.Add(clockSkew), all: !l.NotHeld}
}

func (w withdrawals) has(retrieved time.Time) bool {
	return !w.until.IsZero() && !retrieved.After(w.until)
}

// overrule lets the region's live verdict on the person count for what was kept of it
// as well: nothing of it stands beside that verdict. Of somebody else nothing at all is
// taken (contract rule 7). It says whether the answer speaks of the person both ways,
// and what was kept must be asked for.
func (q *question) overrule(live []*part.Part) (again bool) {
	verdict := verdictOn(live)
	if verdict == nil {
		return q.hits > 0 && slices.ContainsFunc(live, saysNotHeld)
	}
	for n, section := range q.sections {
		kept := !q.retrieved[n].IsZero()
		if kept || verdict.Status == mismatch && q.parts[n] != q.region.never[section] {
			q.parts[n], q.retrieved[n] = sameFor(verdict, section), time.Time{}
		}
	}
	q.hits, q.located = 0, nil
	return false
}

// sameFor is the part of another section that says the same as one without items.
func sameFor(p *part.Part, section lhcrv1.Section) *part.Part {
	o := &lhcrv1.SectionOutcome{}
	if proto.Unmarshal(p.Outcome, o) != nil { // it was encoded here
		o = &lhcrv1.SectionOutcome{Status: p.Status}
	}
	o.RegionId, o.Section = p.Region, section
	return part.OfOutcome(o)
}
