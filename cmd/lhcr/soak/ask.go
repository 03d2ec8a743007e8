package soak

import (
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// kind is a way to call.
type kind string

const (
	get      kind = "get"
	stream   kind = "stream"
	restGet  kind = "REST"
	document kind = "document"
	purge    kind = "purge"
)

func kinds() []kind { return []kind{get, stream, restGet, document, purge} }

// ask is one call, as chance made it.
type ask struct {
	kind   kind
	who    *person
	birth  birth
	caller int
	letter letter
	// sections and regions are those asked for. Empty for all.
	sections []lhcrv1.Section
	regions  []string
	basis    lhcrv1.AccessBasis
	past     bool
	maxAge   time.Duration // negative for unbounded
	since    time.Time     // the start of a window. Zero for none
	source   bool
	// patience is when the caller gives up. Zero for never.
	patience time.Duration
	// pause is how long a slow reader rests before it reads on. Zero for the others.
	pause time.Duration
}

// request is the ask in the contract's words.
func (a ask) request() *lhcrv1.GetRecordRequest {
	r := &lhcrv1.GetRecordRequest{
		Patient: a.who.query(a.birth), Access: a.access(), Sections: a.sections, IncludeSource: a.source,
	}
	if len(a.regions) > 0 {
		r.Regions = &lhcrv1.RegionSelection{RegionIds: a.regions}
	}
	switch {
	case a.past:
		r.Freshness = &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}
	case a.maxAge >= 0:
		r.Freshness = &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_MaxAge{MaxAge: durationpb.New(a.maxAge)}}
	}
	if !a.since.IsZero() {
		r.Window = &lhcrv1.TimeWindow{From: timestamppb.New(a.since)}
	}
	return r
}

func (a ask) access() *lhcrv1.AccessContext {
	access := &lhcrv1.AccessContext{Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: a.basis}
	if a.unkept() {
		access.OverrideReason = "simulated emergency"
	}
	return access
}

// unkept says that what is given on this footing is neither taken from the cache nor kept.
func (a ask) unkept() bool { return a.basis == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE }

// question is the ask in the judge's words.
func (a ask) question(all []string, caller string) rules.Question {
	who := fmt.Sprintf("%s, %s", caller, a.basis)
	q := rules.Question{
		Patient: a.who.index, Regions: a.regions, Sections: a.sections, MaxAge: a.maxAge, PastCache: a.past || a.unkept() || a.maxAge == 0,
		Who: who, View: fmt.Sprintf("%s, since %d, sources %t", who, a.since.Unix(), a.source),
	}
	if len(q.Regions) == 0 {
		q.Regions = all
	}
	if len(q.Sections) == 0 {
		q.Sections = rules.Sections()
	}
	// A window leaves items out; a region may give others on another footing.
	if a.since.IsZero() && !a.unkept() {
		q.Truth = a.who.truths[a.birth]
	}
	return q
}
