package composite

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// saying is what one system says of a section.
type saying struct {
	system  string
	outcome *lhcrv1.SectionOutcome
	items   bool // items of the section came of it
	allergy bool // a live allergy is among them
}

func (q *question) saying(section lhcrv1.Section) saying {
	s := saying{system: q.system.name, outcome: q.outcome(section)}
	s.items, s.allergy = countOf(q.res.GetRecord(), section)
	return s
}

// unite makes one outcome of those of the systems that were asked for a section. What any of
// them could not give is a gap, whatever the others gave.
func unite(section lhcrv1.Section, said []saying) *lhcrv1.SectionOutcome {
	out := circumstances(said)
	out.Status = statusOf(said)
	if out.GetStatus() == assertedNone && !standsAlone(out) {
		out.Status = returned // the assertion is an item like others
	}
	if section == lhcrv1.Section_SECTION_ALLERGIES {
		allergies(out, said)
	}
	out.Message = message(out.GetStatus(), said, out.GetMessage())
	return out
}

// circumstances are those of all, but for status and message.
func circumstances(said []saying) *lhcrv1.SectionOutcome {
	out := &lhcrv1.SectionOutcome{}
	for _, s := range said {
		o := s.outcome
		out.Warnings = append(out.Warnings, o.GetWarnings()...)
		out.Gaps = append(append(out.Gaps, o.GetGaps()...), s.unsaidGap()...)
		out.Notes = append(out.Notes, o.GetNotes()...)
		out.Narratives = append(out.Narratives, o.GetNarratives()...)
		out.Truncated = out.GetTruncated() || o.GetTruncated()
		out.SourceLag = joined(out.GetSourceLag(), o.GetSourceLag())
		out.Counts, out.Applied = counts(out.GetCounts(), o.GetCounts()), applied(out.GetApplied(), o.GetApplied())
		out.RetrievedAt, out.RetryAfter = earlier(out.GetRetrievedAt(), o.GetRetrievedAt()), longer(out.GetRetryAfter(), o.GetRetryAfter())
		if out.EmptyReason == nil {
			out.EmptyReason = o.GetEmptyReason()
		}
	}
	return out
}

// unsaidGap is the gap of a failure that names none.
func (s saying) unsaidGap() []*lhcrv1.Gap {
	kind, failing := failures[s.outcome.GetStatus()]
	if !failing || len(s.outcome.GetGaps()) > 0 {
		return nil
	}
	return []*lhcrv1.Gap{{
		Kind: kind, RetryAfter: s.outcome.GetRetryAfter(), Retryable: s.outcome.GetStatus() == unavailable,
		Message: cmp.Or(s.outcome.GetMessage(), "one of the region's systems did not give its part"),
	}}
}

// message is why, in the words of the systems whose outcome it is or which failed.
func message(status lhcrv1.OutcomeStatus, said []saying, words string) string {
	for _, s := range said {
		if _, failing := failures[s.outcome.GetStatus()]; failing || s.outcome.GetStatus() == status {
			words = joined(words, about{name: s.system}.label(": ", s.outcome.GetMessage()))
		}
	}
	return words
}

// counts adds up, applied tells what was asked of all: what one system was not asked for was
// not asked for.
func counts(a, b *lhcrv1.ListCounts) *lhcrv1.ListCounts {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return &lhcrv1.ListCounts{
		Listed: a.GetListed() + b.GetListed(), Present: a.GetPresent() + b.GetPresent(),
		Unresolved: a.GetUnresolved() + b.GetUnresolved(), Unlisted: a.GetUnlisted() + b.GetUnlisted(),
	}
}

func applied(a, b *lhcrv1.AppliedQuery) *lhcrv1.AppliedQuery {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	out := proto.CloneOf(a)
	out.IssuesIncluded = a.GetIssuesIncluded() && b.GetIssuesIncluded()
	out.ResolvedIncluded = a.GetResolvedIncluded() && b.GetResolvedIncluded()
	out.WindowNotApplied = a.GetWindowNotApplied() || b.GetWindowNotApplied()
	out.Window = cmp.Or(a.GetWindow(), b.GetWindow())
	for _, t := range b.GetSourceTypes() {
		if !slices.Contains(out.GetSourceTypes(), t) {
			out.SourceTypes = append(out.SourceTypes, t)
		}
	}
	return out
}

func earlier(a, b *timestamppb.Timestamp) *timestamppb.Timestamp {
	if a == nil || b != nil && b.AsTime().Before(a.AsTime()) {
		return b
	}
	return a
}

func longer(a, b *durationpb.Duration) *durationpb.Duration {
	if a == nil || b.AsDuration() > a.AsDuration() {
		return b
	}
	return a
}
