package lookup

import (
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// with adds what the region never gives to what it gave.
func (q *question) with(parts []*part.Part) assembly.Region {
	for _, section := range q.sections {
		if reason, never := q.region.reasons[section]; never {
			parts = append(parts, part.OfOutcome(&lhcrv1.SectionOutcome{
				RegionId: q.region.ID(), Section: section, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, Message: reason,
			}))
		}
	}
	return assembly.Region{ID: q.region.ID(), About: q.region.about, Parts: parts}
}

// each is an answer with one outcome for every section asked for, and no items.
func (q *question) each(outcome func(lhcrv1.Section) *lhcrv1.SectionOutcome) assembly.Region {
	parts := make([]*part.Part, 0, len(q.sections))
	for _, section := range q.asked {
		parts = append(parts, part.OfOutcome(outcome(section)))
	}
	return q.with(parts)
}

// withoutAnswer is what a failed call to the region means for its sections.
func (q *question) withoutAnswer(err error) assembly.Region {
	return q.each(func(s lhcrv1.Section) *lhcrv1.SectionOutcome { return failedOutcome(q.region.ID(), s, err) })
}

// notConnected is the answer of a region that the directory names and that this
// deployment has no adapter for. That it was not asked must show.
func notConnected(id string, sections []lhcrv1.Section) assembly.Region {
	const why = "this gateway is not connected to the region: ask the gateway's operator"
	r := assembly.Region{ID: id, About: aboutRegion(id, "", nil)}
	for _, section := range sections {
		r.Parts = append(r.Parts, part.OfOutcome(&lhcrv1.SectionOutcome{
			RegionId: id, Section: section, Status: unavailable, Message: why,
			Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Message: why}},
		}))
	}
	return r
}
