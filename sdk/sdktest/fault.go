package sdktest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Fault is something that goes wrong, or is otherwise than fresh and whole.
type Fault struct {
	// region is the region that it befalls. Empty for faults of the gateway.
	region string
	// answer changes what a region gave. May be nil.
	answer func(*question, *lhcrv1.GetRecordResponse)
	// call fails or delays a call before it is answered. May be nil.
	call *failure
	// stream spoils a stream. May be nil.
	stream *spoiling
}

// switched is a fault that is on, until its pointer is taken off the list.
type switched struct{ Fault }

// Switch switches faults on. What it returns switches them off again. It panics where a
// fault is of a region that this gateway does not have: a test with a misspelt region
// would otherwise pass with nothing failing.
func (g *Gateway) Switch(faults ...Fault) (off func()) {
	mustExist(faults)
	g.mu.Lock()
	defer g.mu.Unlock()
	var on []*switched
	for _, f := range faults {
		on = append(on, &switched{f})
	}
	g.faults = append(g.faults, on...)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.faults = slices.DeleteFunc(g.faults, func(f *switched) bool { return slices.Contains(on, f) })
	}
}

// mustExist panics where a fault is of no region that can be asked.
func mustExist(faults []Fault) {
	there := askable()
	for _, f := range faults {
		if f.region != "" && !slices.Contains(there, f.region) {
			panic(fmt.Sprintf("sdktest: there is no region %q: the regions are %s", f.region, strings.Join(there, ", ")))
		}
	}
}

// Clear switches every fault off.
func (g *Gateway) Clear() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = nil
}

func (g *Gateway) on() []*switched {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.faults)
}

// distort lets the faults that are on change an answer.
func (g *Gateway) distort(q *question, res *lhcrv1.GetRecordResponse) {
	for _, f := range g.on() {
		if f.answer != nil {
			f.answer(q, res)
		}
	}
	slices.SortStableFunc(res.Outcomes, bySection)
}

// Down is a region that cannot be reached: its sections are UNAVAILABLE.
func Down(region string) Fault {
	return instead(region, &lhcrv1.SectionOutcome{
		Status: unavailable, Message: "the region could not be reached or was out of order: ask again later",
		Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Retryable: true}},
	})
}

// TimesOut is a region that does not answer in time: its sections are UNAVAILABLE.
func TimesOut(region string) Fault {
	return instead(region, &lhcrv1.SectionOutcome{
		Status: unavailable, Message: "the region did not answer in time: ask again",
		Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_TIMED_OUT, Retryable: true}},
	})
}

// Refuses is a region that refuses the gateway for a while: its sections are REFUSED.
func Refuses(region string, retryAfter time.Duration) Fault {
	after := durationpb.New(retryAfter)
	return instead(region, &lhcrv1.SectionOutcome{
		Status: refused, Message: "the region takes no more requests for now: ask again later", RetryAfter: after,
		Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_REFUSED, Retryable: true, RetryAfter: after}},
	})
}

// Withholds is a region where the person objected to sharing: its sections are WITHHELD.
func Withholds(region string) Fault {
	return instead(region, &lhcrv1.SectionOutcome{Status: withheld, Message: "withheld at the person's wish"})
}

// HoldsNobody is a region that does not know the patient: its sections are NOT_HELD.
func HoldsNobody(region string) Fault {
	return instead(region, &lhcrv1.SectionOutcome{Status: notHeld, Message: "no record available"})
}

// AnswersAboutAnother is a region that answers about somebody else: its sections
// are IDENTITY_MISMATCH.
func AnswersAboutAnother(region string) Fault {
	return instead(region, &lhcrv1.SectionOutcome{
		Status: mismatch, Message: "the region answered about another NHS number: nothing of it is shown",
		IdentityMismatchReason: lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER,
	})
}

// AnswersGarbage is a region whose answer cannot be understood: its sections are INVALID.
func AnswersGarbage(region string) Fault {
	return instead(region, &lhcrv1.SectionOutcome{
		Status: invalidated, Message: "the region's answer broke off or could not be understood",
		Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_MALFORMED, Retryable: true}},
	})
}

// instead takes everything out that a region gave. Sections that it never gives stay so.
func instead(region string, outcome *lhcrv1.SectionOutcome) Fault {
	return Fault{region: region, answer: func(_ *question, res *lhcrv1.GetRecordResponse) {
		gone := map[string]bool{}
		each(res.GetRecord(), func(item protoreflect.Message) bool {
			r, id, _ := identify(item)
			gone[id] = gone[id] || r == region
			return r != region
		})
		prune(res, func(r, id string) bool { return r != region || !gone[id] }, true)
		for i, o := range res.GetOutcomes() {
			if o.GetRegionId() == region && o.GetStatus() != unsupported {
				res.Outcomes[i] = replaced(o, outcome)
			}
		}
	}}
}

// AnswersInPart is a region of which one provider failed: what came is there, with a
// gap in every section, and its allergies are INVALID, for a partial allergy list is
// none (contract OUT-003).
func AnswersInPart(region string) Fault {
	return Fault{region: region, answer: func(_ *question, res *lhcrv1.GetRecordResponse) {
		for _, o := range res.GetOutcomes() {
			if o.GetRegionId() != region || !slices.Contains(given, o.GetStatus()) {
				continue
			}
			o.Gaps = append(o.Gaps, &lhcrv1.Gap{
				Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Retryable: true, Message: "one provider did not answer",
			})
			if o.GetSection() == lhcrv1.Section_SECTION_ALLERGIES || o.GetStatus() == nothing || o.GetStatus() == noneStated {
				o.Status = invalidated
			}
		}
	}}
}

// Held is answers that come from the gateway's cache, this old. A query that asks for
// fresher ones gets live ones.
func Held(age time.Duration) Fault {
	return Fault{answer: func(q *question, res *lhcrv1.GetRecordResponse) {
		fresh := q.request.GetFreshness()
		if fresh.GetPastCache() || fresh.GetMaxAge() != nil && fresh.GetMaxAge().AsDuration() < age {
			return
		}
		for _, o := range res.GetOutcomes() {
			if o.GetRetrievedAt() != nil && slices.Contains(given, o.GetStatus()) && len(o.GetGaps()) == 0 {
				o.FromCache, o.Age = true, durationpb.New(age)
				o.RetrievedAt = timestamppb.New(o.GetRetrievedAt().AsTime().Add(-age))
			}
		}
	}}
}
