package lookup

import (
	"context"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Cache keeps what regions gave. It must be safe for concurrent use.
type Cache interface {
	// Read reads a patient's fields, and the epoch under which answers may be kept.
	// It never fails, and takes a bounded time.
	Read(ctx context.Context, patient string, fields []cache.Field) *cache.Reading
	// Fill keeps values under the epoch of a reading. It never blocks.
	Fill(r *cache.Reading, kept []cache.Kept)
}

var _ Cache = (*cache.Cache)(nil)

// Keep says how long what is kept. Zero keeps nothing of the sort.
type Keep struct {
	// Record is for what a region gave for a section.
	Record time.Duration
	// Held is for where a region holds a person.
	Held time.Duration
	// NotHeld is for that a region does not hold a person.
	NotHeld time.Duration
}

var (
	_ cache.Value = (*part.Part)(nil)
	_ cache.Value = (*part.Location)(nil)
)

// ParseKept makes what was kept of its bytes: a section's part or, where the section
// is UNSPECIFIED, a location. It takes the bytes over. The error is [part.ErrMalformed].
func ParseKept(section lhcrv1.Section, b []byte) (cache.Value, error) {
	if section == lhcrv1.Section_SECTION_UNSPECIFIED {
		l, err := part.ParseLocation(b)
		if err != nil {
			return nil, err
		}
		return l, nil
	}
	p, err := part.Parse(b)
	switch {
	case err != nil:
		return nil, err
	case p.Section != section || !lasting(p):
		return nil, part.ErrMalformed
	}
	return p, nil
}

// mayKeep says whether an answer of the region may be kept, or a kept one served,
// for a call on this footing. An override is for one emergency, a consent for one
// period of care: what was read on such a footing is for that reading alone. Of a
// region that asks for such consents nothing is kept at all, whatever the call says
// (REG-003): whether the consent holds, the region is to say each time.
func (r *region) mayKeep(access *lhcrv1.AccessContext) bool {
	if r.consents {
		return false
	}
	switch access.GetBasis() {
	case lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP, lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW:
	default:
		return false
	}
	return !slices.ContainsFunc(access.GetConsents(), func(c *lhcrv1.PeriodOfCareConsent) bool { return c.GetRegionId() == r.id })
}

// lasting says whether a part may be kept: it says what the region holds of the
// section, and nothing of that is missing.
func lasting(p *part.Part) bool {
	switch p.Status {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
		return !p.Fleeting && !p.Retrieved.IsZero()
	}
	return false
}

// failed says whether nothing came of a section because something went wrong. What
// failed may also be what other sections' items name, a participant or a place: an
// answer with such a part is kept in none.
func failed(p *part.Part) bool {
	return p.Status == unavailable || p.Status == refused || p.Status == invalid && len(p.Items) == 0
}

// keep keeps what may be kept of an answer, and where the person was found for it. A
// verdict on the person withdraws what was kept before. It is served from memory
// before anybody is answered.
func (f *flight) keep(parts []*part.Part, found location) {
	if f.reading == nil {
		return
	}
	now, times := f.lookup.opts.Now(), f.deployed.keep
	var kept []cache.Kept
	whole := !slices.ContainsFunc(parts, failed)
	for _, p := range parts {
		if times.Record > 0 && whole && lasting(p) {
			field := cache.Field{Region: f.region.id, Section: p.Section, View: f.views.record, Reader: f.region.reader}
			kept = append(kept, cache.Kept{Field: field, Value: p, Retrieved: earlier(p.Retrieved, now), For: times.Record})
		}
	}
	if k, ok := found.kept(f.region, f.views.location, times); ok {
		kept = append(kept, k)
	}
	if verdict := verdictOn(parts); verdict != nil {
		kept = append(kept, f.withdrawal(verdict, now))
	}
	if len(kept) > 0 {
		f.lookup.opts.Cache.Fill(f.reading, kept)
	}
}

// kept is a location as it may be kept: one that the region itself has just told.
func (l location) kept(r *region, view cache.View, times Keep) (cache.Kept, bool) {
	long := times.Held
	if l.notHeld {
		long = times.NotHeld
	}
	if !l.told || long <= 0 {
		return cache.Kept{}, false
	}
	return cache.Kept{
		Field:     cache.Field{Region: r.id, View: view, Reader: r.reader},
		Value:     &part.Location{NotHeld: l.notHeld, Handle: l.handle, People: l.people},
		Retrieved: l.at, For: long,
	}, true
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
